import "@fontsource-variable/inter/wght.css";
import "./shell/kit.css";
import "./shell/tokens.css";
import "./shell/base.css";
import "./shell/narrow.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { questions } from "./api/client";
import { App } from "./shell/App";
import { startLanguage } from "./shell/language";
import { loadMissing } from "./shell/missing";
import { theme } from "./shell/theme";

loadMissing();
await startLanguage();
const root = document.getElementById("root");
if (!root) throw new Error("the page has no place for the app");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={questions}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
