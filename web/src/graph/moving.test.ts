import { expect, test } from "vitest";
import { moveEarlier, movePath } from "./changes";
import { NO_HISTORY, perform } from "./history";
import { loyaltyFlow } from "./samples";

function after(change: (flow: ReturnType<typeof loyaltyFlow>) => boolean, flow = loyaltyFlow()) {
  let isDone = false;
  const made = perform(flow, NO_HISTORY, (draft) => void (isDone = change(draft)));
  return { isDone, flow: made.flow, entries: made.history.past.length };
}

test("a step changes places with the one before it, by all lines between them", () => {
  const { flow, entries } = after((draft) => moveEarlier(draft, "tier", "else"));
  expect(flow.start).toBe("tier");
  expect(flow.steps.tier?.next).toEqual({ vip: "to_vip", silver: "to_silver", else: "look_up" });
  expect(flow.steps.look_up?.next).toEqual({ found: "to_general", not_found: "to_general", failed: "to_general" });
  expect(entries).toBe(1);
});

test.each([
  ["nothing but the start leads to it", "look_up", "found"],
  ["several steps lead to it", "to_general", "answered"],
  ["it leads on nowhere", "to_silver", null],
  ["there is no such step", "nowhere", "done"],
])("a step stays where %s", (_, key, onward) => {
  const { isDone, flow } = after((draft) => moveEarlier(draft, key, onward));
  expect([isDone, flow]).toEqual([false, loyaltyFlow()]);
});

test("two steps that lead to each other are not torn out of the flow", () => {
  const flow = loyaltyFlow();
  flow.steps.to_silver = { type: "say", next: { done: "tier" } };
  expect(after((draft) => moveEarlier(draft, "to_silver", "done"), flow).isDone).toBe(false);
});

test("a path comes earlier or later, and no further than to either end", () => {
  const flow = loyaltyFlow();
  flow.steps.tier = { type: "branch", with: { paths: [{ id: "vip" }, { id: "silver" }] }, next: { vip: "to_vip", silver: "to_silver" } };
  const later = after((draft) => movePath(draft, "tier", "paths", "vip", 1), flow);
  expect(later.flow.steps.tier?.with).toEqual({ paths: [{ id: "silver" }, { id: "vip" }] });
  expect(after((draft) => movePath(draft, "tier", "paths", "vip", -1), flow).isDone).toBe(false);
  expect(after((draft) => movePath(draft, "tier", "paths", "else", -1), flow).isDone).toBe(false);
});
