import { expect, test } from "vitest";
import { colourOf, initialsOf } from "./others";

test.each([
  ["nina", "N"],
  ["Ana María López", "AM"],
  ["dewi.lestari", "DL"],
  ["李 明", "李明"],
])("%s is shown as %s", (name, initials) => expect(initialsOf(name)).toBe(initials));

test("somebody has the same colour wherever they are seen", () => {
  expect(colourOf("nina")).toBe(colourOf("nina"));
  expect(new Set(["nina", "ben", "ana", "dewi", "omar", "li"].map(colourOf)).size).toBeGreaterThan(1);
});
