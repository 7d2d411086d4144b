import { expect, test } from "vitest";
import { START } from "../../graph/document";
import { ordersIn, takenLines } from "./path";

const trace = [
  { step: "look_up", exit: "found" },
  { step: "tier", exit: "vip" },
  { step: "look_up", exit: "" },
];

test("a step that was gone through twice shows both of its places", () => {
  expect(ordersIn(trace)).toEqual({ look_up: "1, 3", tier: "2" });
});

test("the lines that were taken are those of the exits, and the one from the start", () => {
  expect([...takenLines(trace)].sort()).toEqual([`look_up:found`, `tier:vip`, `${START}:`].sort());
});

test("a run that took no step yet took no line", () => {
  expect(takenLines([]).size).toBe(0);
});
