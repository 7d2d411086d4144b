import { expect, test } from "vitest";
import { copySteps, pasteSteps } from "./changes";
import { readSteps, written } from "./clipboard";
import { loyaltyFlow } from "./samples";

const marked = (steps: unknown) => JSON.stringify({ what: "skipline steps", format: 1, steps });

test("copied steps come back from the clipboard as they were", () => {
  const steps = copySteps(loyaltyFlow(), ["tier", "to_vip"]);
  expect(readSteps(written(steps))).toEqual(steps);
});

test.each([
  "",
  "hello",
  "null",
  "{}",
  '{"what":"skipline steps","format":2,"steps":{"a":{"type":"say"}}}',
  marked([1]),
  marked({}),
  marked({ a: { next: {} } }),
  marked({ a: { type: "say", with: [] } }),
  '{"what":"skipline steps","format":1,"steps":{"__proto__":{"type":"say"}}}',
])("%j is no step", (text) => expect(readSteps(text)).toBeNull());

test("only what a step has is taken, and lines to steps that were not copied are dropped", () => {
  const text = marked({ a: { type: "say", name: "Hello", at: [1, 2], more: true, next: { done: "b", failed: "elsewhere" } }, b: { type: "hang_up" } });
  expect(readSteps(text)).toEqual({ a: { type: "say", name: "Hello", next: { done: "b" } }, b: { type: "hang_up" } });
});

test("steps that are pasted twice get free keys and keep their names", () => {
  const flow = loyaltyFlow();
  flow.steps.to_vip = { ...flow.steps.to_vip, type: "add_to_queue", name: "VIP care" };
  const copied = readSteps(written(copySteps(flow, ["tier", "to_vip"]))) ?? {};
  expect([pasteSteps(flow, copied), pasteSteps(flow, copied)]).toEqual([
    ["tier_2", "to_vip_2"],
    ["tier_3", "to_vip_3"],
  ]);
  expect(flow.steps.to_vip_3?.name).toBe("VIP care");
  expect(flow.steps.tier_3?.next).toEqual({ vip: "to_vip_3" });
});
