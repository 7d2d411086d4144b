import { expect, test } from "vitest";
import { plainNumber } from "./phone";

test("a number is its digits, and the 0 that is only dialled within its country is none of them", () => {
  expect(["+31 20 123 45 68", "+31 (0)20 123-45 67", " (020) 123.45/67 "].map(plainNumber)).toEqual(["+31201234568", "+31201234567", "0201234567"]);
});

test("what is no number stays as it is written", () => {
  expect(["vip", "2nd floor", " Ana  de Vries ", ""].map(plainNumber)).toEqual(["vip", "2nd floor", "Ana  de Vries", ""]);
});
