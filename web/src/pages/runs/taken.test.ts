import { expect, test } from "vitest";
import { mapAt, nextPlaceOf, type Run, sharesOf, takenBy, textsAt } from "./taken";

const AT = "2026-05-01T12:00:00Z";
const entry = (step: string, ms: number, detail = {}) => ({ step, type: "say", exit: "done", at: AT, ms, detail });
const run = { started_at: AT, trace: [entry("a", 300), entry("b", 100, { entry: "e1" }), entry("a", 0)], here: null } as unknown as Run;

test("a run that goes on shows where it is, and for how long", () => {
  const here = { step: "wait", type: "add_to_queue", since: AT, detail: {}, entry: "e2" };
  const taken = takenBy({ ...run, here }, Date.parse(AT) + 1_500);
  expect(taken.at(-1)).toMatchObject({ step: "wait", ms: 1_500, isHere: true, entry: "e2" });
  expect(takenBy(run, 0).map((one) => one.entry)).toEqual(["", "e1", ""]);
});

test("a step's part of the bar is its part of the time", () => {
  expect(sharesOf(takenBy(run, 0))).toEqual([0.75, 0.25, 0]);
  expect(sharesOf(takenBy({ ...run, trace: [entry("a", 0), entry("b", 0)] }, 0))).toEqual([0.5, 0.5]);
});

test("a card that was gone through twice is marked at its places in turn", () => {
  const taken = takenBy(run, 0);
  expect([nextPlaceOf(taken, "a", null), nextPlaceOf(taken, "a", 0), nextPlaceOf(taken, "a", 2), nextPlaceOf(taken, "z", 0)]).toEqual([0, 2, 0, null]);
});

test("only maps are read as maps, and only texts as texts", () => {
  expect(mapAt({ input: { a: 1 }, output: [1] }, "input")).toEqual([["a", 1]]);
  expect(mapAt({ output: [1] }, "output")).toEqual([]);
  expect(textsAt({ warnings: ["a", 1] }, "warnings")).toEqual(["a"]);
});
