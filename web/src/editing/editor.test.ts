import { beforeEach, expect, test } from "vitest";
import type { Patch } from "immer";
import type { FlowDocument } from "../graph/document";
import { addStep, changeSetting, lead, removeSteps } from "../graph/changes";
import { NO_HISTORY, perform, tryPatches } from "../graph/history";
import { LOYALTY_EXITS, loyaltyFlow } from "../graph/samples";
import { type Answer, edit, giveUp, isChecked, open, reopen, save, select, selectLine, takeIn, takeInRead, takeInTold, undoLast, useEditor } from "./editor";

const now = () => useEditor.getState();
const keptAs = (revision: number): Answer => ({ revision, issues: [], exits: LOYALTY_EXITS });

beforeEach(() =>
  open({ flow: "loyalty", revision: 1, live_version: 1, document: loyaltyFlow(), issues: [], exits: LOYALTY_EXITS }),
);

test("a change is saved when the server says so", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  expect(now().saving).toBe("saving");
  await save(async () => keptAs(2), "a");
  expect([now().saving, isChecked()]).toEqual(["saved", true]);
  expect(now().sync.revision).toBe(2);
});

test("work done while the server is away is kept and sent when it is back", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  await save(() => Promise.reject(new Error("away")), "a");
  expect(now().saving).toBe("offline");
  edit((flow) => changeSetting(flow, "to_silver", "music", "calm"));
  const seen: unknown[] = [];
  await save(async (_flow, _revision, _id, patches) => (seen.push(...patches), keptAs(2)), "b");
  await save(async (_flow, _revision, _id, patches) => (seen.push(...patches), keptAs(2)), "c");
  expect(seen).toHaveLength(2);
  expect(now().saving).toBe("saved");
});

test("a stale change is done again on top of what others did", async () => {
  const theirs = perform(loyaltyFlow(), NO_HISTORY, (flow) => changeSetting(flow, "to_silver", "tier", "silver"));
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  await save(async () => ({ missed: [{ revision: 2, by: "ben", patches: theirs.patches }] }), "a");
  expect(now().flow.steps.to_silver?.with?.tier).toBe("silver");
  expect(now().flow.steps.to_vip?.with?.music).toBe("calm");
  await save(async () => keptAs(3), "b");
  expect(now().saving).toBe("saved");
});

test("undo is sent like any other change", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  undoLast();
  await save(async () => keptAs(2), "a");
  expect(now().flow).toEqual(loyaltyFlow());
});

test("a step that others removed is not selected any more", () => {
  select("to_vip");
  const theirs = perform(loyaltyFlow(), NO_HISTORY, (flow) => removeSteps(flow, ["to_vip"]));
  expect(takeIn([{ revision: 2, by: "ben", patches: theirs.patches }])).toBe(true);
  expect(now().selected).toBeNull();
});

test("a line is selected instead of a step, until a step is or nothing leaves there any more", () => {
  const line = { from: "tier", exit: "vip" };
  select("to_vip");
  selectLine(line);
  expect([now().selected, now().line]).toEqual([null, line]);
  select("to_vip");
  expect([now().selected, now().line]).toEqual(["to_vip", null]);
  selectLine(line);
  const theirs = perform(now().flow, NO_HISTORY, (flow) => lead(flow, line, null));
  expect(takeIn([{ revision: 2, by: "ben", patches: theirs.patches }])).toBe(true);
  expect(now().line).toBeNull();
});

test("a flow that was replaced as a whole is read anew, and one's own work is done on top of it", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  await save(async () => ({ missed: [{ revision: 9, by: "ben", patches: [] }] }), "a");
  expect(now().saving).toBe("stale");
  const replaced = { ...loyaltyFlow(), name: "Replaced" };
  reopen({ flow: "loyalty", revision: 9, live_version: 2, document: replaced, issues: [], exits: LOYALTY_EXITS });
  expect(now().flow.name).toBe("Replaced");
  expect(now().flow.steps.to_vip?.with?.music).toBe("calm");
  await save(async () => keptAs(10), "b");
  expect(now().saving).toBe("saved");
});

const toldOf = (revision: number, id: string, patches: never[] | null) => ({ flow: "loyalty", revision, id, by: "ben", patches });

test("what others do is seen as soon as it is told", () => {
  const theirs = perform(loyaltyFlow(), NO_HISTORY, (flow) => changeSetting(flow, "to_silver", "tier", "silver"));
  expect(takeInTold(toldOf(2, "x", theirs.patches as never[]))).toBe(true);
  expect(now().flow.steps.to_silver?.with?.tier).toBe("silver");
  expect(takeInTold(toldOf(4, "y", []))).toBe(false); // the third was missed
  expect(takeInTold(toldOf(3, "z", null))).toBe(false); // too long to be told
});

test("one's own work that is told before the answer comes counts once", async () => {
  edit((flow) => void (flow.triggers.push({ type: "webhook" })));
  await save(async () => {
    const { sent } = now().sync;
    takeInTold(toldOf(2, "a", sent?.patches as never[]));
    throw new TypeError("the line broke before the answer");
  }, "a");
  expect([now().flow.triggers.length, now().sync.base.triggers.length, now().saving]).toEqual([2, 2, "saved"]);
  expect(isChecked()).toBe(false); // its ways out come with an answer
});

test("what got no answer goes again under its own name", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  const away = () => Promise.reject(new TypeError("away"));
  await save(away, "a");
  edit((flow) => changeSetting(flow, "to_vip", "tier", "gold"));
  const names: string[] = [];
  for (const name of ["b", "c"])
    await save(async (_flow, _revision, id) => {
      names.push(id);
      return keptAs(names.length + 1);
    }, name);
  expect([names, now().saving]).toEqual([["a", "c"], "saved"]);
});

test("what had no answer goes again, also after others' work came in meanwhile", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  await save(() => Promise.reject(new Error("away")), "a");
  const theirs = perform(loyaltyFlow(), NO_HISTORY, (flow) => changeSetting(flow, "to_silver", "tier", "silver"));
  takeIn([{ revision: 2, by: "ben", patches: theirs.patches }]);
  const sent: [string, number][] = [];
  await save(async (_flow, revision, id) => (sent.push([id, revision]), keptAs(3)), "b");
  expect(sent).toEqual([["a", 2]]);
  expect(now().saving).toBe("saved");
});

const readAs = (revision: number) => ({ flow: "loyalty", revision, live_version: 1, document: loyaltyFlow(), issues: [], exits: LOYALTY_EXITS });

test("a flow that is read while somebody works on it keeps that work", () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  expect(takeInRead(readAs(2), 1)).toBe(true);
  expect(now().flow.steps.to_vip?.with?.music).toBe("calm");
  expect([now().sync.revision, now().saving]).toEqual([2, "saving"]);
});

test("what was read before one's own work was saved is not taken in", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  await save(async () => keptAs(2), "a");
  expect(takeInRead(readAs(1), 1)).toBe(false);
  expect(now().flow.steps.to_vip?.with?.music).toBe("calm");
});

test("a flow that was deleted and begun anew by the same name takes the place of the old one", () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  expect(takeInRead(readAs(0), 1)).toBe(true);
  expect([now().flow, now().sync.revision, now().history.past.length]).toEqual([loyaltyFlow(), 0, 0]);
});

const refused = () => Promise.reject(Object.assign(new Error("Too long."), { status: 422 }));

test("what is refused goes as what it comes to by then, so that undoing it helps", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "far too long"));
  await save(refused, "a");
  expect([now().saving, now().refusal]).toEqual(["refused", "Too long."]);
  edit((flow) => changeSetting(flow, "to_silver", "music", "calm"));
  await save(refused, "b");
  undoLast();
  undoLast();
  await save(refused, "c");
  expect([now().saving, now().flow]).toEqual(["saved", loyaltyFlow()]);
});

test("what is refused can be given up", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "far too long"));
  await save(refused, "a");
  giveUp();
  expect([now().saving, now().flow, now().history.past]).toEqual(["saved", loyaltyFlow(), []]);
});

test("who is signed out meanwhile saves once they are back", async () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  await save(() => Promise.reject(Object.assign(new Error("Sign in."), { status: 401 })), "a");
  expect(now().saving).toBe("offline");
});

test("two people who add a step of one type at the same time keep both", async () => {
  const add = (text: string) => (flow: FlowDocument) => void addStep(flow, { type: "say", with: { text } }, { from: "to_vip", exit: "answered" }, "done", "say");
  const theirs = perform(loyaltyFlow(), NO_HISTORY, add("theirs"));
  edit(add("mine"));
  select("say");
  edit((flow) => changeSetting(flow, "say", "text", "mine too"));
  const sent: Patch[][] = [];
  await save(async () => ({ missed: [{ revision: 2, by: "ben", patches: theirs.patches }] }), "a");
  expect([now().flow.steps.say?.with?.text, now().flow.steps.say_2?.with?.text]).toEqual(["theirs", "mine too"]);
  expect([now().flow.steps.to_vip?.next?.answered, now().selected]).toEqual(["say_2", "say_2"]);
  await save(async (_flow, _revision, _id, patches) => (sent.push(patches as Patch[]), keptAs(3)), "b");
  expect(tryPatches(theirs.flow, sent[0] ?? [])).toEqual(now().flow);
  undoLast();
  undoLast();
  expect([now().flow.steps.say?.with?.text, "say_2" in now().flow.steps]).toEqual(["theirs", false]);
});

test("a step that is taken away and put back keeps its key", async () => {
  edit((flow) => removeSteps(flow, ["to_vip"]));
  undoLast();
  const theirs = perform(loyaltyFlow(), NO_HISTORY, (flow) => changeSetting(flow, "to_silver", "tier", "silver"));
  expect(takeIn([{ revision: 2, by: "ben", patches: theirs.patches }])).toBe(true);
  expect(Object.keys(now().flow.steps).sort()).toEqual(Object.keys(loyaltyFlow().steps).sort());
});

test("undo says that there is nothing left once others have taken away what it was about", () => {
  edit((flow) => changeSetting(flow, "to_vip", "music", "calm"));
  const theirs = perform(loyaltyFlow(), NO_HISTORY, (flow) => removeSteps(flow, ["to_vip"]));
  takeIn([{ revision: 2, by: "ben", patches: theirs.patches }]);
  const before = now().flow;
  undoLast();
  expect([now().flow, now().history.past]).toEqual([before, []]);
});
