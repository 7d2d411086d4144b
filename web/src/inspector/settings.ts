import type { Field, Piece } from "../api/pieces";
import { edit, type Issue } from "../editing/editor";
import type { Change } from "../fields/field";
import { issuesWithin, placeOf } from "../fields/issues";
import { same, settle } from "../fields/settle";
import { changeSetting, changeTrigger } from "../graph/changes";
import type { FlowDocument, Settings } from "../graph/document";

/** Kinds that say what a step is about: they are in sight though nothing is written yet. */
const IN_SIGHT = new Set(["path", "keep", "tier", "numbers", "targets", "paths", "options"]);

/** The fields of a step in their order: those in sight, and those that are folded away because their default holds. */
export function parted(piece: Piece, settings: Settings, issues: readonly Issue[]): { shown: Field[]; folded: Field[] } {
  const isFolded = (field: Field, place: number) =>
    place > 0 &&
    !field.is_required &&
    !IN_SIGHT.has(field.kind) &&
    (settings[field.name] === undefined || same(settings[field.name], field.default)) &&
    issuesWithin(issues, [field.name]).length === 0;
  return {
    shown: piece.fields.filter((field, place) => !isFolded(field, place)),
    folded: piece.fields.filter(isFolded),
  };
}

/** The issues that stand beside no field: those about the step as a whole, or about a setting that it does not know. */
export function issuesBeside(issues: readonly Issue[], piece: Piece | undefined): Issue[] {
  const known = new Set(piece?.fields.map((field) => field.name));
  return issues.filter((issue) => !known.has(String(placeOf(issue)[0] ?? "")));
}

/** Settings that the piece does not know; they are shown as they stand, so that nothing gets lost. */
export function strangers(piece: Piece | undefined, settings: Settings, besides: readonly string[] = []): Field[] {
  const known = new Set([...(piece?.fields.map((field) => field.name) ?? []), ...besides]);
  return Object.keys(settings)
    .filter((name) => !known.has(name))
    .map((name) => ({ name, kind: "unknown", label: "", is_required: false, choices: [], parts: [] }) as unknown as Field);
}

/** How a field of a step writes. A step without a name of its own goes by the queue that it leads to. */
export function settingOf(key: string, field: Field): Change {
  return (value, fold = "", besides) =>
    edit(
      (flow) => {
        if (field.kind === "queue") nameAfter(flow, key, flow.steps[key]?.with?.[field.name], value);
        const settings = flow.steps[key]?.with;
        if (settings && value !== undefined && field.name in settings) settle(settings, field.name, value);
        else changeSetting(flow, key, field.name, value);
        besides?.(flow);
      },
      fold && `${key} ${field.name} ${fold}`,
    );
}

/** How a field of a trigger writes. */
export function triggerSettingOf(position: number, field: Field): Change {
  return (value, fold = "", besides) =>
    edit(
      (flow) => {
        const trigger = flow.triggers[position];
        if (trigger && value !== undefined && field.name in trigger) settle(trigger, field.name, value);
        else changeTrigger(flow, position, field.name, value);
        besides?.(flow);
      },
      fold && `trigger ${position} ${field.name} ${fold}`,
    );
}

function nameAfter(flow: FlowDocument, key: string, before: unknown, queue: unknown): void {
  const step = flow.steps[key];
  if (!step || (step.name && step.name !== before)) return;
  if (typeof queue === "string" && queue) step.name = queue;
  else delete step.name;
}
