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

/** Take back one's latest gesture; null when there is none, or others removed what it was about. */
export function undo(flow: FlowDocument, history: History): Step | null {
  const entry = history.past.at(-1);
  if (!entry) return null;
  const after = tryPatches(flow, entry.undone);
  const rest = { past: history.past.slice(0, -1), future: [...history.future, entry] };
  return after ? { flow: after, history: rest, patches: entry.undone } : null;
}

/** Do again what was taken back last; null when there is nothing, or it cannot be done any more. */
export function redo(flow: FlowDocument, history: History): Step | null {
  const entry = history.future.at(-1);
  if (!entry) return null;
  const after = tryPatches(flow, entry.done);
  const rest = { past: [...history.past, entry], future: history.future.slice(0, -1) };
  return after ? { flow: after, history: rest, patches: entry.done } : null;
}

/** The flow with patches of others; null when they do not fit it. */
export function tryPatches(flow: FlowDocument, patches: readonly Patch[]): FlowDocument | null {
  try {
    return applyPatches(flow, patches as Patch[]);
  } catch {
    return null;
  }
}
