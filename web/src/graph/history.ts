import { applyPatches, enablePatches, type Patch, produceWithPatches } from "immer";
import type { FlowDocument } from "./document";

enablePatches();

/** One gesture: how it is done, and how it is undone. `fold` names gestures that go on, such as typing into a field. */
interface Entry {
  done: Patch[];
  undone: Patch[];
  fold: string;
}

/** One's own gestures on a flow. What others do meanwhile is not in here, so undo takes back only one's own work. */
export interface History {
  past: readonly Entry[];
  future: readonly Entry[];
}

export const NO_HISTORY: History = { past: [], future: [] };

const MOST_ENTRIES = 200;

/** What a gesture came to: the flow, one's history, and the patches that others need. */
export interface Step {
  flow: FlowDocument;
  history: History;
  patches: Patch[];
}

/** Do something to a flow. Gestures that follow each other with the same `fold` are one entry of undo. */
export function perform(flow: FlowDocument, history: History, change: (flow: FlowDocument) => void, fold = ""): Step {
  const [after, done, undone] = produceWithPatches(flow, change);
  if (done.length === 0) return { flow, history, patches: [] };
  const last = history.past.at(-1);
  const entry =
    fold && last?.fold === fold
      ? { done: [...last.done, ...done], undone: [...undone, ...last.undone], fold }
      : { done, undone, fold };
  const kept = fold && last?.fold === fold ? history.past.slice(0, -1) : history.past.slice(1 - MOST_ENTRIES);
  return { flow: after, history: { past: [...kept, entry], future: [] }, patches: done };
}

/** Take back one's latest gesture that others left something of; null when there is none. */
export function undo(flow: FlowDocument, { past, future }: History): Step | null {
  for (let place = past.length - 1; place >= 0; place--) {
    const entry = past[place] as Entry;
    const after = tryPatches(flow, entry.undone);
    if (after) return { flow: after, history: { past: past.slice(0, place), future: [...future, entry] }, patches: entry.undone };
  }
  return null;
}

/** Do again what was taken back last and can still be done; null when there is none. */
export function redo(flow: FlowDocument, { past, future }: History): Step | null {
  for (let place = future.length - 1; place >= 0; place--) {
    const entry = future[place] as Entry;
    const after = tryPatches(flow, entry.done);
    if (after) return { flow: after, history: { past: [...past, entry], future: future.slice(0, place) }, patches: entry.done };
  }
  return null;
}

/** The flow with patches of others; null when they do not fit it. */
export function tryPatches(flow: FlowDocument, patches: readonly Patch[]): FlowDocument | null {
  try {
    return applyPatches(flow, patches as Patch[]);
  } catch {
    return null;
  }
}
