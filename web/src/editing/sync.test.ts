import type { Patch } from "immer";
import { expect, test } from "vitest";
import { addStep, changeSetting, lead, removeSteps } from "../graph/changes";
import type { FlowDocument } from "../graph/document";
import { NO_HISTORY, perform, tryPatches } from "../graph/history";
import { loyaltyFlow } from "../graph/samples";
import { acknowledge, beginSync, isSaved, type Kept, note, receive, send, sendAgain, type Sync } from "./sync";

const did = (flow: FlowDocument, change: (flow: FlowDocument) => void) => perform(flow, NO_HISTORY, change);

test("work is saved once the server says so, and not before", () => {
  const mine = did(loyaltyFlow(), (flow) => changeSetting(flow, "to_vip", "music", "calm"));
  const sent = send(note(beginSync(loyaltyFlow(), 3), mine.patches), "a") as Sync;
  expect(isSaved(sent)).toBe(false);
  expect(send(sent, "b")).toBeNull();
  const saved = acknowledge(sent, "a", 4);
  expect(isSaved(saved)).toBe(true);
  expect(saved.base).toEqual(mine.flow);
  expect(saved.revision).toBe(4);
});

test("what others did goes below one's own work, and both are there", () => {
  const base = loyaltyFlow();
  const mine = did(base, (flow) => changeSetting(flow, "to_vip", "music", "calm"));
  const theirs = did(base, (flow) => void addStep(flow, { type: "say" }, { start: true }, "done", "say"));
  const came = receive(note(beginSync(base, 1), mine.patches), [{ revision: 2, by: "ben", patches: theirs.patches }]);
  expect(came?.flow.start).toBe("say");
  expect(came?.flow.steps.to_vip?.with?.music).toBe("calm");
  expect(came?.lost).toBe(0);
});

test("work on what others removed is counted as lost, and the rest stays", () => {
  const base = loyaltyFlow();
  let mine = did(base, (flow) => changeSetting(flow, "to_vip", "music", "calm"));
  const patches = [...mine.patches];
  mine = did(mine.flow, (flow) => changeSetting(flow, "to_silver", "music", "calm"));
  const theirs = did(base, (flow) => removeSteps(flow, ["to_vip"]));
  const came = receive(note(beginSync(base, 1), [...patches, ...mine.patches]), [{ revision: 2, by: "ben", patches: theirs.patches }]);
  expect(came?.lost).toBe(1);
  expect(came?.flow.steps.to_silver?.with?.music).toBe("calm");
  expect(came?.flow.steps.to_vip).toBeUndefined();
});

test("a gap in what others did is noticed", () => {
  expect(receive(beginSync(loyaltyFlow(), 1), [{ revision: 3, by: "ben", patches: [] }])).toBeNull();
});

test("what did not arrive goes again in its order", () => {
  const one: Patch = { op: "replace", path: ["name"], value: "One" };
  const two: Patch = { op: "replace", path: ["name"], value: "Two" };
  const sync = sendAgain(note(send(note(beginSync(loyaltyFlow(), 1), [one]), "a") as Sync, [two]));
  expect(send(sync, "b")?.sent?.patches).toEqual([one, two]);
});

test("two editors and a server that keeps what comes first end with the same flow", () => {
  const server: { flow: FlowDocument; kept: Kept[] } = { flow: loyaltyFlow(), kept: [] };
  const editors = ["ana", "ben"].map((by) => ({ by, sync: beginSync(loyaltyFlow(), 0), flow: loyaltyFlow() }));
  let seed = 7;
  const pick = <T>(from: readonly T[]): T => from[(seed = (seed * 1103515245 + 12345) % 2147483648) % from.length] as T;
  for (let turn = 0; turn < 400; turn++) {
    const editor = pick(editors);
    const keys = Object.keys(editor.flow.steps);
    const came = receive(editor.sync, server.kept);
    if (came && turn % 3 === 0) Object.assign(editor, { sync: came.sync, flow: came.flow });
    else {
      const change = pick<(flow: FlowDocument) => void>([
        (flow) => changeSetting(flow, pick(keys), "music", `m${turn}`),
        (flow) => lead(flow, { from: pick(keys), exit: "else" }, pick(keys)),
        (flow) => void addStep(flow, { type: "say" }, { from: pick(keys), exit: "vip" }, "done", "say"),
        (flow) => (keys.length > 3 ? removeSteps(flow, [pick(keys)]) : undefined),
      ]);
      const done = did(editor.flow, change);
      Object.assign(editor, { flow: done.flow, sync: note(editor.sync, done.patches) });
    }
    const sent = send(editor.sync, `${turn}`);
    if (sent?.sent) {
      if (sent.revision === server.kept.length) {
        server.flow = tryPatches(server.flow, sent.sent.patches) as FlowDocument;
        server.kept.push({ revision: server.kept.length + 1, by: editor.by, patches: sent.sent.patches });
        editor.sync = acknowledge(sent, `${turn}`, server.kept.length);
      } else editor.sync = sendAgain(sent);
    }
  }
  for (const editor of editors) {
    const came = receive(editor.sync, server.kept);
    const sent = came && send(came.sync, "last");
    if (sent?.sent) {
      server.flow = tryPatches(server.flow, sent.sent.patches) as FlowDocument;
      server.kept.push({ revision: server.kept.length + 1, by: editor.by, patches: sent.sent.patches });
      editor.sync = acknowledge(sent, "last", server.kept.length);
    } else if (came) editor.sync = came.sync;
  }
  const flows = editors.map((editor) => receive(editor.sync, server.kept)?.flow);
  expect(flows[0]).toEqual(server.flow);
  expect(flows[1]).toEqual(server.flow);
  expect(server.kept.length).toBeGreaterThan(50);
});
