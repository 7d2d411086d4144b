import { expect, test } from "vitest";
import { isAllowed, readAmount } from "./amounts";

test("what is typed is a number, nothing, or no number yet", () => {
  expect(["12", 12, "1.", "0.5", "", "-", "-.", "1e400"].map(readAmount)).toEqual([12, 12, 1, 0.5, undefined, null, null, null]);
});

test("a number too large to be written as it is cannot be typed", () => {
  expect([{}, { floatValue: 1e12 }, { floatValue: 1e21 }].map(isAllowed)).toEqual([true, true, false]);
});
