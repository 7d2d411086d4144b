import { expect, test } from "vitest";

const FILES = import.meta.glob<string>("./**/*.tsx", { query: "?raw", import: "default", eager: true });
const RULES = { "className=\"inspector": "inspector/inspector.css", "className=\"field-card": "fields/fields.css" };

/** Panels of one page: the rules of one that is opened later would not be there yet. */
test("each panel brings the rules by which it is drawn, whichever is opened first", () => {
  const panels = Object.entries(FILES).filter(([name]) => !name.includes("FlowPage") && !name.includes("Sources")); // a place to wait, and a part of the test's panel
  expect(panels.length).toBeGreaterThan(10);
  for (const [drawn, rules] of Object.entries(RULES))
    for (const [name, text] of panels) if (text.includes(drawn)) expect(text, name).toContain(rules);
});
