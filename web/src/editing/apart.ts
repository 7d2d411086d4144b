import type { Patch } from "immer";
import { type FlowDocument, freeKey, type Step } from "../graph/document";
import type { History } from "../graph/history";

/** The keys of one's own steps that are others' by now, and what they are called instead. */
export type Renamed = Readonly<Record<string, string>>;

/** Which steps that patches add have a key that others gave to a step of theirs meanwhile: both are to stay. */
export function collisions(base: FlowDocument, patches: readonly Patch[]): Renamed {
  const added = patches.filter(isOfStep).map(({ path }) => String(path[1]));
  const known: FlowDocument = { ...base, steps: { ...Object.fromEntries(added.map((key) => [key, NONE])), ...base.steps } };
  const taken = new Set(Object.keys(base.steps));
  const renamed: Record<string, string> = {};
  for (const patch of patches.filter(isOfStep)) {
    const key = String(patch.path[1]);
    if (patch.op === "remove" && !(key in renamed)) taken.delete(key);
    if (patch.op !== "add" || !taken.has(key) || key in renamed) continue;
    const free = freeKey(known, key);
    known.steps[free] = NONE;
    renamed[key] = free;
  }
  return renamed;
}

const NONE: Step = { type: "" };

function isOfStep({ path }: Patch): boolean {
  return path[0] === "steps" && path.length === 2;
}

/** The same patches on steps by their other keys. */
export function withKeys(patches: readonly Patch[], renamed: Renamed): Patch[] {
  if (Object.keys(renamed).length === 0) return [...patches];
  return patches.map((patch) => {
    const path = patch.path[0] === "steps" && patch.path.length > 1 ? ["steps", keyIn(renamed, patch.path[1]), ...patch.path.slice(2)] : patch.path;
    return "value" in patch ? { ...patch, path: path as Patch["path"], value: valueIn(renamed, patch) } : { ...patch, path: path as Patch["path"] };
  });
}

/** One's own gestures are about the same steps as before. */
export function historyWithKeys({ past, future }: History, renamed: Renamed): History {
  const entries = (list: History["past"]) => list.map((entry) => ({ ...entry, done: withKeys(entry.done, renamed), undone: withKeys(entry.undone, renamed) }));
  return { past: entries(past), future: entries(future) };
}

export function keyIn<Key>(renamed: Renamed, key: Key): Key {
  return typeof key === "string" && key in renamed ? (renamed[key] as Key) : key;
}

/** What a patch writes; lines lead to the step by its other key. */
function valueIn(renamed: Renamed, { path, value }: Patch): unknown {
  const [part, , inside] = path;
  if (part === "start") return keyIn(renamed, value);
  if (part !== "steps") return value;
  if (path.length === 2) return { ...value, ...(value?.next && { next: linesIn(renamed, value.next) }) };
  if (inside !== "next") return value;
  return path.length === 3 ? linesIn(renamed, value) : keyIn(renamed, value);
}

function linesIn(renamed: Renamed, lines: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(lines ?? {}).map(([exit, to]) => [exit, keyIn(renamed, to)]));
}
