import { expect, test } from "vitest";
import { putTogether } from "./difference";
import { arrange } from "./layout";
import { LOYALTY_EXITS, loyaltyFlow } from "./samples";

test("nothing is marked between a flow and itself", () => {
  const together = putTogether(loyaltyFlow(), loyaltyFlow(), LOYALTY_EXITS, LOYALTY_EXITS);
  expect(together.lines.every((line) => line.mark === null)).toBe(true);
  expect(together.lines).toHaveLength(8);
  expect(together.flow.steps).toEqual({ ...loyaltyFlow().steps, to_silver: { ...loyaltyFlow().steps.to_silver, next: {} }, to_general: { ...loyaltyFlow().steps.to_general, next: {} } });
});

test("a step that is gone stays with its lines, and one that is new comes with its own", () => {
  const after = loyaltyFlow();
  delete after.steps.to_silver;
  after.steps.bye = { type: "say", next: { done: "to_general" } };
  Object.assign(after.steps.tier?.next ?? {}, { silver: "bye" });
  const { bye, ...others } = { ...LOYALTY_EXITS, bye: [{ name: "done", label: "Done", is_seldom: false }] };
  const together = putTogether(loyaltyFlow(), after, LOYALTY_EXITS, { ...others, bye });
  const marked = together.lines.filter((line) => line.mark);
  expect(marked).toEqual([
    { from: "tier", exit: "silver", to: "bye", mark: "added" },
    { from: "bye", exit: "done", to: "to_general", mark: "added" },
    { from: "tier", exit: "silver", to: "to_silver", mark: "removed" },
  ]);
  expect(Object.keys(together.flow.steps)).toEqual(["look_up", "tier", "to_vip", "to_general", "bye", "to_silver"]);
  const places = arrange(together.laidOut, together.exits, () => ({ width: 200, height: 100 }));
  const below = (key: string) => places.get(key)?.y ?? 0;
  expect(below("to_silver")).toBe(below("bye")); // it hangs where it hung, and stands beside what came in its place
  expect(together.flow.steps.tier?.next).toEqual({ vip: "to_vip", silver: "bye", else: "to_general" });
});

test("an exit that leads nowhere any more still shows where it led, and another start shows both", () => {
  const after = loyaltyFlow();
  after.start = "tier";
  delete after.steps.look_up?.next?.failed;
  const together = putTogether(loyaltyFlow(), after, LOYALTY_EXITS, LOYALTY_EXITS);
  expect(together.lines.filter((line) => line.mark).map(({ from, exit, to, mark }) => `${mark} ${from} ${exit} ${to}`)).toEqual([
    "added ·start  tier",
    "removed ·start  look_up",
    "removed look_up failed tier",
  ]);
  expect(together.flow.steps.look_up?.next?.failed).toBe("tier");
});
