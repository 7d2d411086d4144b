import { expect, test } from "vitest";

const styles = import.meta.glob<string>(["../**/*.css", "../**/*.tsx", "../**/*.ts"], { eager: true, query: "?raw", import: "default" });
const MAY = ["./tokens.css", "./theme.ts", "./tokens.test.ts"];

test("colours are tokens: no other file names one", () => {
  for (const [file, text] of Object.entries(styles)) {
    if (MAY.some((one) => file.endsWith(one.slice(1)))) continue;
    expect(text.match(/#[0-9a-fA-F]{3,8}\b(?![-\w])|\brgba?\(/g) ?? [], file).toEqual([]);
  }
});
