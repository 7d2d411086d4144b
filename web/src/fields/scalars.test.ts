import { expect, test } from "vitest";
import { readScalar } from "./scalars";

test("numbers and truth values are what they look like, and nothing is lost on the way", () => {
  expect(readScalar("12")).toBe(12);
  expect(readScalar("-0.5")).toBe(-0.5);
  expect(readScalar("true")).toBe(true);
  for (const text of ["", "007", "+31201234567", "1.", "1.50", "1e3", "gold", "{{ orders }}"]) expect(readScalar(text)).toBe(text);
});
