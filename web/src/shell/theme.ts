import { createTheme, type MantineColorsTuple } from "@mantine/core";

// Ten steps, the lightest first. Step 6 is that of filled buttons: 5.0:1 on white.
const lagoon: MantineColorsTuple = [
  "#e8f6f5",
  "#d0ebe9",
  "#a2d7d3",
  "#71c1bc",
  "#46aaa5",
  "#229390",
  "#0e7c7b",
  "#0b6665",
  "#085050",
  "#053b3b",
];
const gray: MantineColorsTuple = [
  "#f7f8fa",
  "#eff1f4",
  "#e3e6eb",
  "#d3d8df",
  "#b6bec9",
  "#939daa",
  "#6b7685",
  "#4d5866",
  "#333d4a",
  "#1b2430",
];
const dark: MantineColorsTuple = [
  "#e6ebf0",
  "#c3ccd5",
  "#9aa7b4",
  "#71808e",
  "#4a5763",
  "#35404a",
  "#27313a",
  "#1b232a",
  "#141a20",
  "#0e1317",
];

export const theme = createTheme({
  primaryColor: "lagoon",
  primaryShade: 6,
  colors: { lagoon, gray, dark },
  fontFamily:
    '"Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace',
  defaultRadius: "md",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: { fontWeight: "620" },
  cursorType: "pointer",
  // What the kit puts there to be focused at first is no item, and a menu may hold nothing else.
  components: { Menu: { defaultProps: { withInitialFocusPlaceholder: false } } },
});
