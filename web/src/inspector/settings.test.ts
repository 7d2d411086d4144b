import { beforeEach, expect, test } from "vitest";
import type { Field, Piece } from "../api/pieces";
import { open, undoLast, useEditor } from "../editing/editor";
import { LOYALTY_EXITS, loyaltyFlow } from "../graph/samples";
import { issuesBeside, parted, settingOf, strangers, triggerSettingOf } from "./settings";

const field = (name: string, kind: string, more: object = {}) =>
  ({ name, kind, label: name, is_required: false, default: "", choices: [], parts: [], ...more }) as unknown as Field;
const QUEUE = field("queue", "queue", { is_required: true });
const piece = { type: "add_to_queue", fields: [QUEUE, field("tier", "tier"), field("music", "audio"), field("keeps_wait", "switch", { default: true })] } as unknown as Piece;
const issue = (...path: string[]) => ({ code: "x", sentence: "wrong", fix: "", step: "to_vip", path: ["steps", "to_vip", ...path], is_error: true });
const step = (key: string) => useEditor.getState().flow.steps[key];

beforeEach(() => open({ flow: "loyalty", revision: 1, live_version: null, document: loyaltyFlow(), issues: [], exits: LOYALTY_EXITS }));

const names = (fields: Field[]) => fields.map((one) => one.name);

test("what is at its default is folded away, and what is wrong is not", () => {
  expect(names(parted(piece, { queue: "vip", keeps_wait: true }, []).folded)).toEqual(["music", "keeps_wait"]);
  expect(names(parted(piece, { keeps_wait: false }, [issue("with", "music")]).folded)).toEqual([]);
});

test("an issue that no field shows is told for the step as a whole", () => {
  const told = issuesBeside([issue("with", "queue"), issue("with", "qeue"), issue()], piece);
  expect(told.map((one) => one.path.at(-1))).toEqual(["qeue", "to_vip"]);
});

test("a setting that the piece does not know is still there to see", () => {
  expect(names(strangers(piece, { queue: "vip", qeue: "vip" }))).toEqual(["qeue"]);
  expect(names(strangers(undefined, { type: "x", color: "red" }, ["type"]))).toEqual(["color"]);
});

test("a step goes by its queue until somebody calls it otherwise", () => {
  settingOf("to_vip", QUEUE)("vip_care");
  expect(step("to_vip")).toMatchObject({ name: "vip_care", with: { queue: "vip_care" } });
  settingOf("to_vip", QUEUE)("priority");
  expect(step("to_vip")?.name).toBe("priority");
  useEditor.setState(({ flow }) => ({ flow: { ...flow, steps: { ...flow.steps, to_vip: { ...step("to_vip"), type: "add_to_queue", name: "Our best" } } } }));
  settingOf("to_vip", QUEUE)("vip");
  expect(step("to_vip")?.name).toBe("Our best");
});

test("typing is one entry of undo, and what is done besides goes back with it", () => {
  const write = settingOf("to_silver", field("music", "audio"));
  for (const text of ["j", "ja", "jazz"]) write(text, "typing");
  expect(step("to_silver")?.with?.music).toBe("jazz");
  undoLast();
  expect(step("to_silver")?.with).toEqual({ queue: "silver" });
  settingOf("tier", field("paths", "paths"))([], "", (flow) => delete flow.steps.tier?.next?.vip);
  expect(step("tier")?.next).not.toHaveProperty("vip");
  undoLast();
  expect(step("tier")?.next).toHaveProperty("vip");
});

test("a trigger's setting is written beside its type", () => {
  triggerSettingOf(0, field("numbers", "numbers"))(["+31207654321"]);
  expect(useEditor.getState().flow.triggers).toEqual([{ type: "incoming_call", numbers: ["+31207654321"] }]);
});
