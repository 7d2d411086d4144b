import { type Patch, produceWithPatches } from "immer";
import { settle } from "../fields/settle";
import { collisions, type Renamed, withKeys } from "./apart";
import type { FlowDocument } from "../graph/document";
import { tryPatches } from "../graph/history";

/** Patches that were kept by the server as one revision. */
export interface Kept {
  revision: number;
  by: string;
  patches: Patch[];
}

/**
 * One's own work on its way to the server. `base` is the flow as the server has it at `revision`; `sent` was sent and is
 * not acknowledged yet, `waiting` comes after it. What people see is `base` with both on top.
 */
export interface Sync {
  revision: number;
  base: FlowDocument;
  sent: Sent | null;
  waiting: Patch[];
}

export interface Sent {
  id: string;
  patches: Patch[];
}

export function beginSync(base: FlowDocument, revision: number): Sync {
  return { revision, base, sent: null, waiting: [] };
}

/** Whether everything is with the server. */
export function isSaved(sync: Sync): boolean {
  return sync.sent === null && sync.waiting.length === 0;
}

/** Take note of a gesture that was just done. */
export function note(sync: Sync, patches: Patch[]): Sync {
  return patches.length ? { ...sync, waiting: [...sync.waiting, ...patches] } : sync;
}

/** What to send next under the name `id`; null while something is under way, or when there is nothing. */
export function send(sync: Sync, id: string): Sync | null {
  if (sync.sent || sync.waiting.length === 0) return null;
  return { ...sync, sent: { id, patches: sync.waiting }, waiting: [] };
}

/** The server kept what was sent as `revision`. */
export function acknowledge(sync: Sync, id: string, revision: number): Sync {
  if (sync.sent?.id !== id) return sync;
  const base = tryPatches(sync.base, sync.sent.patches) ?? sync.base;
  return { ...sync, base, revision: Math.max(sync.revision, revision), sent: null };
}

/** What was sent did not arrive: it goes again, before what came after it. */
export function sendAgain(sync: Sync): Sync {
  return sync.sent ? { ...sync, waiting: [...sync.sent.patches, ...sync.waiting], sent: null } : sync;
}

/** All that is not with the server as the one difference that it comes to by now: what was undone is not in it any more. */
export function shortened(sync: Sync, flow: FlowDocument): Sync {
  const [, patches] = produceWithPatches(sync.base, (draft) => {
    const holder = draft as unknown as Record<string, unknown>;
    for (const key of Object.keys(holder)) if (!(key in flow)) delete holder[key];
    for (const [key, wanted] of Object.entries(flow)) settle(holder, key, wanted);
  });
  return { ...sync, sent: null, waiting: patches };
}

/** The flow with what is not with the server yet, and how much of one's own work found no place any more. */
export interface Rebased {
  sync: Sync;
  flow: FlowDocument;
  lost: number;
  /** One's own steps whose keys others gave to steps of theirs. */
  renamed: Renamed;
}

/**
 * Take in what others did. It goes below one's own work, which is done once more on top of it, patch by patch: what no
 * longer fits, because others removed what it was about, is left out and counted.
 */
export function receive(sync: Sync, kept: readonly Kept[]): Rebased | null {
  let { base, revision } = sync;
  for (const one of [...kept].sort((a, b) => a.revision - b.revision)) {
    if (one.revision <= revision) continue;
    if (one.revision !== revision + 1) return null; // something is missing: read the flow anew
    const after = tryPatches(base, one.patches);
    if (!after) return null;
    base = after;
    revision = one.revision;
  }
  return rebase(sync, base, revision);
}

/** Put one's own work on top of the flow as the server has it at `revision`. */
export function rebase(sync: Sync, base: FlowDocument, revision: number): Rebased {
  const sent = replay(base, sync.sent?.patches ?? []);
  const renamed = collisions(sent.flow, sync.waiting);
  const waiting = replay(sent.flow, withKeys(sync.waiting, renamed));
  const rebased: Sync = {
    revision,
    base,
    sent: sync.sent && { ...sync.sent, patches: sent.fitting },
    waiting: waiting.fitting,
  };
  return { sync: rebased, flow: waiting.flow, lost: sent.lost + waiting.lost, renamed };
}

function replay(flow: FlowDocument, patches: readonly Patch[]) {
  const fitting: Patch[] = [];
  let now = flow;
  for (const patch of patches) {
    const after = tryPatches(now, [patch]);
    if (!after) continue;
    now = after;
    fitting.push(patch);
  }
  return { flow: now, fitting, lost: patches.length - fitting.length };
}
