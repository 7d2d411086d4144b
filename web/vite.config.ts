import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = process.env.SKIPLINE_SERVER ?? "http://127.0.0.1:8080";

// What nearly every page is made of comes as one file: packed together it is smaller than in forty.
const KIT = "ActionIcon|Alert|Badge|Button|Center|CloseButton|Combobox|FocusTrap|Group|Input|InputBase|Loader|Menu|Popover|Portal|SegmentedControl|Stack|TextInput|Tooltip|Transition|FloatingIndicator|UnstyledButton";

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
            { name: "kit", test: new RegExp(`node_modules[\\\\/](@mantine[\\\\/]hooks|@floating-ui|@mantine[\\\\/]core[\\\\/]esm[\\\\/](core|components[\\\\/](${KIT}))[\\\\/])`) },
          ],
        },
      },
    },
  },
});
