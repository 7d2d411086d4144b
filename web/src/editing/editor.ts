import { create } from "zustand";
import type { Exits, FlowDocument } from "../graph/document";
import { type History, NO_HISTORY, perform, redo, type Step as Gesture, undo } from "../graph/history";
import { acknowledge, beginSync, isSaved, type Kept, note, rebase, type Rebased, receive, send, sendAgain, type Sync } from "./sync";

/** A mistake that the server's checks found. `step` is empty when it is about the whole flow. */
export interface Issue {
  code: string;
  sentence: string;
  fix: string;
  step: string;
  path: (string | number)[];
  is_error: boolean;
}

/** A flow as the server gives it to be edited. */
export interface Opened {
  flow: string;
  revision: number;
  live_version: number | null;
  document: FlowDocument;
  issues: Issue[];
  exits: Exits;
}

/** What the server keeps of patches, or what it kept of others' meanwhile. */
export type Answer = { revision: number; issues: Issue[]; exits: Exits } | { missed: Kept[] };

/** How patches get to the server. Rejects when it cannot be reached. */
export type Transport = (flow: string, revision: number, id: string, patches: unknown[]) => Promise<Answer>;

/** `stale`: what others did cannot be followed any more, so the flow is to be read anew. */
export type Saving = "saved" | "saving" | "offline" | "stale";

interface Editor {
  key: string;
  liveVersion: number | null;
  flow: FlowDocument;
  exits: Exits;
  issues: Issue[];
  history: History;
  sync: Sync;
  saving: Saving;
  selected: string | null;
  /** How much of one's own work found no place after others' changes; people are told once. */
  lost: number;
}

const EMPTY: FlowDocument = { format: 1, name: "", triggers: [], start: null, steps: {} };

export const useEditor = create<Editor>(() => ({
  key: "",
  liveVersion: null,
  flow: EMPTY,
  exits: {},
  issues: [],
  history: NO_HISTORY,
  sync: beginSync(EMPTY, 0),
  saving: "saved",
  selected: null,
  lost: 0,
}));

const { getState, setState } = useEditor;

/** Begin to edit a flow; work on another one that is not saved stays lost, so wait for `saving` before. */
export function open(opened: Opened): void {
  setState({
    key: opened.flow,
    liveVersion: opened.live_version,
    flow: opened.document,
    exits: opened.exits,
    issues: opened.issues,
    history: NO_HISTORY,
    sync: beginSync(opened.document, opened.revision),
    saving: "saved",
    selected: null,
    lost: 0,
  });
}

/** Do something to the flow: one entry of undo, unless it goes on what was done last (`fold`). */
export function edit(change: (flow: FlowDocument) => void, fold = ""): void {
  const { flow, history } = getState();
  keep(perform(flow, history, change, fold));
}

export function undoLast(): void {
  const { flow, history } = getState();
  const gesture = undo(flow, history);
  if (gesture) keep(gesture);
}

export function redoLast(): void {
  const { flow, history } = getState();
  const gesture = redo(flow, history);
  if (gesture) keep(gesture);
}

export function select(key: string | null): void {
  if (getState().selected !== key) setState({ selected: key });
}

function keep({ flow, history, patches }: Gesture): void {
  const { sync, selected, saving } = getState();
  const stillThere = selected !== null && (selected in flow.steps || selected.startsWith("·"));
  setState({
    flow,
    history,
    sync: note(sync, patches),
    selected: stillThere ? selected : null,
    saving: patches.length && saving === "saved" ? "saving" : saving,
  });
}

/** Send what waits; the server's answer, or others' work, comes in. Call it again after a moment while it is not saved. */
export async function save(transport: Transport, id: string): Promise<void> {
  const before = getState();
  const sent = send(before.sync, id);
  if (!sent?.sent) return;
  setState({ sync: sent });
  try {
    const answer = await transport(before.key, sent.revision, id, sent.sent.patches);
    if (getState().key !== before.key) return;
    if ("missed" in answer) {
      setState({ sync: sendAgain(getState().sync) });
      if (!takeIn(answer.missed)) setState({ saving: "stale" });
    } else {
      const sync = acknowledge(getState().sync, id, answer.revision);
      setState({ sync, exits: answer.exits, issues: answer.issues, saving: isSaved(sync) ? "saved" : "saving" });
    }
  } catch {
    if (getState().key === before.key) setState({ sync: sendAgain(getState().sync), saving: "offline" });
  }
}

/** Others changed the flow; false when something is missing in between, and the flow is to be read anew. */
export function takeIn(kept: readonly Kept[]): boolean {
  const came = receive(getState().sync, kept);
  if (came) put(came);
  return came !== null;
}

/** The flow was read anew: one's own work that is not saved yet goes on top of it. */
export function reopen(opened: Opened): void {
  if (getState().key !== opened.flow) return;
  setState({ exits: opened.exits, issues: opened.issues, liveVersion: opened.live_version });
  put(rebase(sendAgain(getState().sync), opened.document, opened.revision));
}

function put(came: Rebased): void {
  const { selected } = getState();
  setState({
    sync: came.sync,
    flow: came.flow,
    lost: getState().lost + came.lost,
    saving: isSaved(came.sync) ? "saved" : "saving",
    selected: selected !== null && (selected in came.flow.steps || selected.startsWith("·")) ? selected : null,
  });
}
