import { expect, test } from "vitest";

const styles = import.meta.glob<string>(["../**/*.css", "../**/*.tsx", "../**/*.ts"], { eager: true, query: "?raw", import: "default" });
const MAY = ["./tokens.css", "./theme.ts", "./tokens.test.ts"];

test("colours are tokens: no other file names one", () => {
  for (const [file, text] of Object.entries(styles)) {
    if (MAY.some((one) => file.endsWith(one.slice(1)))) continue;
    expect(text.match(/#[0-9a-fA-F]{3,8}\b(?![-\w])|\brgba?\(/g) ?? [], file).toEqual([]);
  }
});

// React Flow puts these on its own elements without a prefix: a rule of a page that is fetched later would change the canvas.
const THEIRS = ["light", "dark", "source", "target", "selected", "dragging", "draggable", "selectable", "animated", "updating", "center", "top", "bottom", "left", "right"];

test("no rule stands for a class that libraries use for themselves", () => {
  const alone = new RegExp(`^\\.(${THEIRS.join("|")})(?![-\\w])`, "m");
  for (const [file, text] of Object.entries(styles)) if (file.endsWith(".css")) expect(text.match(alone)?.[0], file).toBeUndefined();
});
