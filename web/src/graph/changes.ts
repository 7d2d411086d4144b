import type { FlowDocument, Line, Step, Trigger } from "./document";
import { freeKey, START } from "./document";

/** What people do to a flow. Each changes the document in place, inside one `produce`: one gesture, one entry of undo.
 *  Only what is meant is touched, so that two people in one step do not take back each other's work. */

/** Where a new step goes: after `from` by `exit`, or at the very start. */
export type Place = { from: string; exit: string } | { start: true } | { loose: [number, number] };

/**
 * Add a step at a place. What followed there follows the new step by its exit `onward` (a branch goes on by `else`);
 * without one nothing follows. Gives the new step's key.
 */
export function addStep(flow: FlowDocument, step: Step, place: Place, onward: string | null, wanted: string): string {
  const key = freeKey(flow, wanted);
  if ("loose" in place) {
    flow.steps[key] = { ...step, at: place.loose };
    return key;
  }
  const before = follows(flow, place);
  flow.steps[key] = { ...step, ...(before && onward !== null ? { next: { [onward]: before } } : {}) };
  lead(flow, place, key);
  return key;
}

/** The place by which a line leaves. */
export function placeOf({ from, exit }: Pick<Line, "from" | "exit">): Place {
  return from === START ? { start: true } : { from, exit };
}

/** What follows at a place now. */
export function follows(flow: FlowDocument, place: Place): string | null {
  if ("start" in place) return flow.start;
  if ("from" in place) return flow.steps[place.from]?.next?.[place.exit] ?? null;
  return null;
}

/** Let a place lead to a step, or nowhere. */
export function lead(flow: FlowDocument, place: Place, to: string | null): void {
  if ("start" in place) flow.start = to;
  if (!("from" in place)) return;
  const step = flow.steps[place.from];
  if (!step) return;
  if (to !== null) {
    step.next ??= {};
    step.next[place.exit] = to;
  } else if (step.next) {
    delete step.next[place.exit];
    if (Object.keys(step.next).length === 0) delete step.next;
  }
}

/** Take steps away. Where one thing leads to a step and one thing follows it, the two are joined. */
export function removeSteps(flow: FlowDocument, keys: readonly string[]): void {
  for (const key of keys) {
    const step = flow.steps[key];
    if (!step) continue;
    const after = [...new Set(Object.values(step.next ?? {}))].filter((one) => one !== key);
    const before = placesThatLeadTo(flow, key).filter((place) => !("from" in place && place.from === key));
    const joined = after.length === 1 && before.length === 1 ? (after[0] ?? null) : null;
    for (const place of before) lead(flow, place, joined);
    delete flow.steps[key];
  }
}

/**
 * Let a step change places with the one that leads to it; what follows by its exit `onward` then follows that one. False,
 * and nothing is done, where that has no clear meaning: several steps or none lead to it, or it leads on nowhere.
 */
export function moveEarlier(flow: FlowDocument, key: string, onward: string | null): boolean {
  const before = placesThatLeadTo(flow, key);
  const [from, ...others] = new Set(before.map((place) => ("from" in place ? place.from : null)));
  if (!from || others.length || from === key || onward === null) return false;
  const after = follows(flow, { from: key, exit: onward });
  if (after === from || after === key) return false;
  const above = placesThatLeadTo(flow, from).filter((place) => !("from" in place && (place.from === from || place.from === key)));
  for (const place of before) lead(flow, place, after);
  for (const place of above) lead(flow, place, key);
  lead(flow, { from: key, exit: onward }, from);
  return true;
}

/** Let one way out of a step come earlier (-1) or later (+1) among its paths; false where it cannot. */
export function movePath(flow: FlowDocument, key: string, setting: string, exit: string, by: number): boolean {
  const paths = flow.steps[key]?.with?.[setting];
  if (!Array.isArray(paths)) return false;
  const place = paths.findIndex((path: { id?: unknown } | null) => path?.id === exit);
  const to = place + by;
  if (place < 0 || to < 0 || to >= paths.length) return false;
  changeSetting(flow, key, setting, paths.with(place, paths[to]).with(to, paths[place]));
  return true;
}

/** Every place from which a line enters a step. */
export function placesThatLeadTo(flow: FlowDocument, key: string): Place[] {
  const places: Place[] = flow.start === key ? [{ start: true }] : [];
  for (const [from, step] of Object.entries(flow.steps))
    for (const [exit, to] of Object.entries(step.next ?? {})) if (to === key) places.push({ from, exit });
  return places;
}

/** Change one setting; undefined takes it out, so that its default holds. */
export function changeSetting(flow: FlowDocument, key: string, name: string, value: unknown): void {
  const step = flow.steps[key];
  if (!step) return;
  if (value !== undefined) {
    step.with ??= {};
    step.with[name] = value;
  } else if (step.with) {
    delete step.with[name];
    if (Object.keys(step.with).length === 0) delete step.with;
  }
}

/** Change one setting of a trigger. */
export function changeTrigger(flow: FlowDocument, position: number, name: string, value: unknown): void {
  const trigger: Trigger | undefined = flow.triggers[position];
  if (!trigger) return;
  if (value === undefined) delete trigger[name];
  else trigger[name] = value;
}

/** Lines that leave by an exit which has another name now go with it. */
export function renameExit(flow: FlowDocument, key: string, before: string, after: string): void {
  const next = flow.steps[key]?.next;
  const to = next?.[before];
  if (!next || to === undefined || before === after) return;
  next[after] = to;
  delete next[before];
}

/** Steps as they are carried from one flow to another: with the lines among themselves, and without their places. */
export function copySteps(flow: FlowDocument, keys: readonly string[]): Record<string, Step> {
  const copied: Record<string, Step> = {};
  for (const key of keys) {
    const step = flow.steps[key];
    if (!step) continue;
    const { at: _, next, ...rest } = structuredClone(step);
    const kept = Object.fromEntries(Object.entries(next ?? {}).filter(([, to]) => keys.includes(to)));
    copied[key] = Object.keys(kept).length ? { ...rest, next: kept } : rest;
  }
  return copied;
}

/** Put copied steps into a flow under keys of their own; gives the new keys. */
export function pasteSteps(flow: FlowDocument, copied: Record<string, Step>): string[] {
  const renamed = new Map<string, string>();
  for (const key of Object.keys(copied)) {
    const fresh = freeKey(flow, key);
    renamed.set(key, fresh);
    flow.steps[fresh] = { type: "" };
  }
  for (const [key, step] of Object.entries(copied)) {
    const { next, ...rest } = structuredClone(step);
    const moved = Object.entries(next ?? {}).map(([exit, to]) => [exit, renamed.get(to) ?? to] as const);
    flow.steps[renamed.get(key) ?? key] = moved.length ? { ...rest, next: Object.fromEntries(moved) } : rest;
  }
  return [...renamed.values()];
}
