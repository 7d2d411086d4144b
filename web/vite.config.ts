import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = process.env.SKIPLINE_SERVER ?? "http://127.0.0.1:8080";

// The base is relative, so that the server may mount the built app below any path.
export default defineConfig({
  base: "./",
  plugins: [react()],
  server: { proxy: { "/api": { target: SERVER, ws: true } } },
  build: {
    target: "es2022",
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "canvas", test: /node_modules[\\/](@xyflow|d3-)/ },
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
          ],
        },
      },
    },
  },
});
