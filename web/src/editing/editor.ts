import { create } from "zustand";
import { historyWithKeys, keyIn } from "./apart";
import { follows, placeOf } from "../graph/changes";
import type { Exits, FlowDocument, Line } from "../graph/document";
import { type History, NO_HISTORY, perform, redo, type Step as Gesture, undo } from "../graph/history";
import { acknowledge, beginSync, isSaved, type Kept, note, rebase, type Rebased, receive, send, sendAgain, shortened, type Sync } from "./sync";

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

/** `stale`: what others did cannot be followed any more, so the flow is to be read anew. `refused`: the server does not take
 *  it as it is, so that sending the same again is of no use. */
export type Saving = "saved" | "saving" | "offline" | "stale" | "refused";

interface Editor {
  key: string;
  liveVersion: number | null;
  flow: FlowDocument;
  exits: Exits;
  issues: Issue[];
  history: History;
  sync: Sync;
  saving: Saving;
  /** Why the server refused what is not saved. */
  refusal: string;
  selected: string | null;
  /** All that are selected, when they are several. */
  marked: readonly string[];
  /** The line that is selected, by the way out by which it leaves; never beside a step. */
  line: Pick<Line, "from" | "exit"> | null;
  /** The revision of which `exits` and `issues` are. */
  checked: number;
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
  refusal: "",
  selected: null,
  marked: [],
  line: null,
  checked: 0,
  lost: 0,
}));

const { getState, setState } = useEditor;

/** Begin to edit a flow instead of the one before, whose work that is not saved is lost: wait for `saving` before. */
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
    refusal: "",
    selected: null,
    marked: [],
    line: null,
    checked: opened.revision,
    lost: 0,
  });
}

/** Do something to the flow: one entry of undo, unless it goes on what was done last (`fold`). */
export function edit(change: (flow: FlowDocument) => void, fold = ""): void {
  const { flow, history } = getState();
  keep(perform(flow, history, change, fold));
}

/** Whether the ways out and the mistakes that are shown are those of the flow as it is now. */
export function isChecked(): boolean {
  const { sync, checked } = getState();
  return isSaved(sync) && checked === sync.revision;
}

export function undoLast(): void {
  takeBack(undo);
}

export function redoLast(): void {
  takeBack(redo);
}

function takeBack(back: typeof undo): void {
  const { flow, history } = getState();
  const gesture = back(flow, history);
  if (gesture) return keep(gesture);
  const list = back === undo ? "past" : "future"; // others took away all that these were about
  if (history[list].length) setState({ history: { ...history, [list]: [] } });
}

export function select(key: string | null): void {
  const { selected, marked: several, line } = getState();
  if (selected !== key || several.length || line) setState({ selected: key, marked: [], line: null });
}

/** Select a line and no step; null: no line. */
export function selectLine(line: Editor["line"]): void {
  if (line) setState({ line, selected: null, marked: [] });
  else if (getState().line) setState({ line });
}

/** Select one more, or one less; what was selected last is the one whose settings are shown. */
export function mark(key: string): void {
  const before = marked();
  const after = before.includes(key) ? before.filter((one) => one !== key) : [...before, key];
  markAll(after);
}

/** Select several at once. */
export function markAll(keys: readonly string[]): void {
  setState({ selected: keys.at(-1) ?? null, marked: keys.length > 1 ? keys : [], line: null });
}

/** All steps that are selected. */
export function marked(): readonly string[] {
  const { selected, marked: several, flow } = getState();
  const all = several.length ? several : selected !== null ? [selected] : [];
  return all.filter((key) => key in flow.steps);
}

function keep({ flow, history, patches }: Gesture): void {
  const { sync, saving } = getState();
  const isOtherwise = saving === "refused" && patches.length > 0;
  const noted = isOtherwise ? shortened(sync, flow) : note(sync, patches);
  const isBegun = isOtherwise || (patches.length > 0 && saving === "saved");
  setState({
    flow,
    history,
    sync: noted,
    ...stillThere(flow),
    saving: isBegun ? (isSaved(noted) ? "saved" : "saving") : saving,
  });
}

/** What of that which is selected is in a flow. */
function stillThere(flow: FlowDocument): Pick<Editor, "selected" | "line"> {
  const { selected, line } = getState();
  return {
    selected: selected !== null && (selected in flow.steps || selected.startsWith("·")) ? selected : null,
    line: line && follows(flow, placeOf(line)) !== null ? line : null,
  };
}

let underWay: Promise<void> | null = null;

/** Send what waits, or wait for what is under way; the server's answer, or others' work, comes in. Call it again after a
 *  moment while it is not saved. */
export function save(transport: Transport, id: string): Promise<void> {
  underWay ??= sendOnce(transport, id).finally(() => (underWay = null));
  return underWay;
}

async function sendOnce(transport: Transport, id: string): Promise<void> {
  const before = getState();
  // What is marked as sent while nothing is under way had no answer, whatever came in since: it goes again.
  const sent = before.sync.sent ? before.sync : send(before.sync, id);
  if (!sent?.sent) return;
  setState({ sync: sent });
  try {
    id = sent.sent.id;
    const answer = await transport(before.key, sent.revision, id, sent.sent.patches);
    if (getState().key !== before.key) return;
    if ("missed" in answer) {
      setState({ sync: sendAgain(getState().sync) });
      if (!takeIn(answer.missed)) setState({ saving: "stale" });
    } else {
      const sync = acknowledge(getState().sync, id, answer.revision);
      setState({ sync, exits: answer.exits, issues: answer.issues, checked: answer.revision, saving: isSaved(sync) ? "saved" : "saving" });
    }
  } catch (why) {
    if (getState().key === before.key) keepForLater(why);
  }
}

/** Without an answer nobody knows whether it arrived: it goes again under its own name, which the server takes once. */
function keepForLater(why: unknown): void {
  const { sync, flow } = getState();
  const status = (why as { status?: number } | null)?.status ?? 500;
  const isRefused = status < 500 && !PASSING.has(status);
  const kept = isRefused ? shortened(sync, flow) : status < 500 ? sendAgain(sync) : { ...sync, waiting: [...sync.waiting] };
  const saving = isSaved(kept) ? "saved" : isRefused ? "refused" : "offline";
  setState({ sync: kept, saving, refusal: isRefused ? String((why as Error).message) : "" });
}

/** Refusals that pass: signed out, too slow, too often. */
const PASSING = new Set([401, 408, 425, 429]);

/** Give up what the server does not take: the flow is what the server has. */
export function giveUp(): void {
  const { sync } = getState();
  setState({ flow: sync.base, history: NO_HISTORY, sync: beginSync(sync.base, sync.revision), saving: "saved", refusal: "", ...stillThere(sync.base) });
}

/** A revision of the draft was told of; `patches` is null when they are too long to be told. */
export interface Told {
  flow: string;
  id: string;
  revision: number;
  by: string;
  patches: Kept["patches"] | null;
}

/** Take in what the live socket tells of a draft; false when the flow is to be read anew. */
export function takeInTold(told: Told): boolean {
  const { sync, key } = getState();
  if (told.flow !== key || told.revision <= sync.revision) return true;
  if (sync.sent && told.id === sync.sent.id && told.revision === sync.revision + 1) {
    const kept = acknowledge(sync, told.id, told.revision);
    setState({ sync: kept, saving: isSaved(kept) ? "saved" : "saving" });
    return true;
  }
  return told.patches !== null && takeIn([{ ...told, patches: told.patches }]);
}

/** Others changed the flow; false when something is missing in between, and the flow is to be read anew. */
export function takeIn(kept: readonly Kept[]): boolean {
  const came = receive(getState().sync, kept);
  if (came) put(came);
  return came !== null;
}

/** Take in what the server says of the very flow that is open: its ways out and mistakes may have changed meanwhile. */
function hearAgain({ exits, issues, revision }: Opened): void {
  const now = getState();
  const isSame = JSON.stringify([now.exits, now.issues]) === JSON.stringify([exits, issues]);
  setState(isSame ? { checked: revision } : { exits, issues, checked: revision });
}

/** The flow that is open was read once more, at revision `since`: false when what was done meanwhile has overtaken that. */
export function takeInRead(opened: Opened, since: number): boolean {
  const { key, sync, liveVersion } = getState();
  if (key !== opened.flow || sync.sent || sync.revision !== since) return false;
  if (opened.revision < since) open(opened); // another flow by the same name
  else if (opened.revision > since || opened.live_version !== liveVersion) reopen(opened);
  else hearAgain(opened);
  return true;
}

/** The flow was read anew: one's own work that is not saved yet goes on top of it. */
export function reopen(opened: Opened): void {
  if (getState().key !== opened.flow) return;
  setState({ exits: opened.exits, issues: opened.issues, checked: opened.revision, liveVersion: opened.live_version });
  put(rebase(sendAgain(getState().sync), opened.document, opened.revision));
}

function put(came: Rebased): void {
  const { selected, marked: several, history } = getState();
  if (Object.keys(came.renamed).length) {
    const isOf = (key: string) => keyIn(came.renamed, key);
    setState({ selected: selected && isOf(selected), marked: several.map(isOf), history: historyWithKeys(history, came.renamed) });
  }
  setState({
    sync: came.sync,
    flow: came.flow,
    lost: getState().lost + came.lost,
    saving: isSaved(came.sync) ? "saved" : "saving",
    ...stillThere(came.flow),
  });
}
