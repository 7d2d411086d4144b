import { expect, test } from "vitest";
import { addStep, changeSetting, copySteps, lead, pasteSteps, placeOf, removeSteps, renameExit } from "./changes";
import { inFlowOrder, linesOf, START } from "./document";
import { NO_HISTORY, perform, redo, tryPatches, undo } from "./history";
import { LOYALTY_EXITS, loyaltyFlow } from "./samples";

test("a step that is put onto a line keeps what followed", () => {
  const { flow } = perform(loyaltyFlow(), NO_HISTORY, (draft) => {
    addStep(draft, { type: "say" }, { from: "tier", exit: "vip" }, "done", "say");
  });
  expect(flow.steps.tier?.next?.vip).toBe("say");
  expect(flow.steps.say?.next).toEqual({ done: "to_vip" });
});

test("a step at the very start, and another key for the second of its kind", () => {
  const { flow } = perform(loyaltyFlow(), NO_HISTORY, (draft) => {
    addStep(draft, { type: "say" }, { start: true }, "done", "tier");
  });
  expect(flow.start).toBe("tier_2");
  expect(flow.steps.tier_2?.next).toEqual({ done: "look_up" });
});

test("what stood before and after a removed step is joined when there is one of each", () => {
  const whole = loyaltyFlow();
  const { flow } = perform(whole, NO_HISTORY, (draft) => removeSteps(draft, ["look_up"]));
  expect(flow.start).toBe("tier");
  const gone = perform(whole, NO_HISTORY, (draft) => removeSteps(draft, ["tier"])).flow;
  expect(gone.steps.look_up?.next).toBeUndefined();
});

test("each line can be taken away by the way out that it leaves by, also that of the start, and undo brings it back", () => {
  const whole = loyaltyFlow();
  const lines = linesOf(whole, LOYALTY_EXITS);
  expect(lines[0]).toEqual({ from: START, exit: "", to: "look_up" });
  for (const line of lines) {
    const gone = perform(whole, NO_HISTORY, (draft) => lead(draft, placeOf(line), null));
    expect(linesOf(gone.flow, LOYALTY_EXITS)).toEqual(lines.filter((one) => one !== line));
    expect(undo(gone.flow, gone.history)?.flow).toEqual(whole);
  }
});

test("one gesture is one entry, typing folds, and undo and redo go both ways", () => {
  let now = { flow: loyaltyFlow(), history: NO_HISTORY, patches: [] as unknown[] };
  for (const text of ["H", "He", "Hel"])
    now = perform(now.flow, now.history, (draft) => changeSetting(draft, "to_vip", "music", text), "to_vip.music");
  now = perform(now.flow, now.history, (draft) => lead(draft, { from: "tier", exit: "vip" }, "to_silver"));
  expect(now.history.past).toHaveLength(2);
  const back = undo(now.flow, now.history);
  const further = back && undo(back.flow, back.history);
  expect(further?.flow).toEqual(loyaltyFlow());
  const again = further && redo(further.flow, further.history);
  expect(again?.flow.steps.to_vip?.with).toEqual({ queue: "vip", music: "Hel" });
});

test("undo takes back one's own work and leaves what others did meanwhile", () => {
  const mine = perform(loyaltyFlow(), NO_HISTORY, (draft) => changeSetting(draft, "to_vip", "music", "calm"));
  const theirs = perform(mine.flow, NO_HISTORY, (draft) => changeSetting(draft, "to_silver", "music", "loud"));
  const back = undo(theirs.flow, mine.history);
  expect(back?.flow.steps.to_vip?.with).toEqual({ queue: "vip" });
  expect(back?.flow.steps.to_silver?.with).toEqual({ queue: "silver", music: "loud" });
});

test("two people in one step, each with a setting of their own", () => {
  const mine = perform(loyaltyFlow(), NO_HISTORY, (draft) => changeSetting(draft, "to_vip", "music", "calm"));
  const theirs = perform(mine.flow, NO_HISTORY, (draft) => changeSetting(draft, "to_vip", "tier", "gold"));
  expect(undo(theirs.flow, mine.history)?.flow.steps.to_vip?.with).toEqual({ queue: "vip", tier: "gold" });
});

test("what others removed cannot be undone into nothing", () => {
  const mine = perform(loyaltyFlow(), NO_HISTORY, (draft) => changeSetting(draft, "to_vip", "queue", "other"));
  const theirs = perform(mine.flow, NO_HISTORY, (draft) => removeSteps(draft, ["to_vip"]));
  expect(undo(theirs.flow, mine.history)).toBeNull();
});

test("undo passes over what others took away", () => {
  const first = perform(loyaltyFlow(), NO_HISTORY, (draft) => changeSetting(draft, "to_silver", "music", "calm"));
  const mine = perform(first.flow, first.history, (draft) => changeSetting(draft, "to_vip", "queue", "other"));
  const theirs = perform(mine.flow, NO_HISTORY, (draft) => removeSteps(draft, ["to_vip"]));
  const back = undo(theirs.flow, mine.history);
  expect([back?.flow.steps.to_silver?.with, back?.history.past]).toEqual([{ queue: "silver" }, []]);
});

test("patches make the same of the same flow elsewhere", () => {
  const before = loyaltyFlow();
  const mine = perform(before, NO_HISTORY, (draft) => {
    removeSteps(draft, ["to_vip"]);
    renameExit(draft, "tier", "silver", "silver_and_bronze");
    addStep(draft, { type: "hang_up" }, { from: "tier", exit: "vip" }, null, "end");
  });
  expect(tryPatches(before, mine.patches)).toEqual(mine.flow);
});

test("copied steps keep the lines among themselves, and get keys of their own", () => {
  const flow = loyaltyFlow();
  const { flow: after } = perform(flow, NO_HISTORY, (draft) => {
    pasteSteps(draft, copySteps(flow, ["tier", "to_vip"]));
  });
  expect(after.steps.tier_2?.next).toEqual({ vip: "to_vip_2" });
  expect(after.steps.to_vip_2?.next).toBeUndefined();
});

test("the order of a flow is that in which a contact meets its steps", () => {
  expect(inFlowOrder(loyaltyFlow(), LOYALTY_EXITS)).toEqual(["look_up", "tier", "to_vip", "to_general", "to_silver"]);
  expect(linesOf(loyaltyFlow(), LOYALTY_EXITS)).toHaveLength(8);
});
