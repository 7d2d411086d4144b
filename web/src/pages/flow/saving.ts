import { useEffect, useState } from "react";
import { api, Problem } from "../../api/client";
import { type Answer, giveUp, open, type Opened, reopen, save, select, takeInRead, type Transport, useEditor } from "../../editing/editor";
import { type FlowDocument, START } from "../../graph/document";
import { isSaved, type Kept, type Sync } from "../../editing/sync";

const PAUSE_MS = 400;
const RETRY_MS = 3_000;
/** A server that says nothing for so long is asked again. */
const PATIENCE_MS = 20_000;

/** Another flow has work that is not saved: it would be lost, were this one opened in its place. */
export class Unsaved extends Error {
  constructor(
    readonly flow: string,
    readonly called: string,
  ) {
    super(called);
  }
}

/** Read a flow from the server and begin to edit it. The one that is open already can be edited meanwhile, and goes on.
 *  `isLeft`: somebody has gone elsewhere before it was there. Throws `Unsaved`. */
export async function openFlow(flow: string, isLeft: () => boolean = () => false): Promise<void> {
  await sendRest(flow);
  const { key, sync } = useEditor.getState();
  const opened = isLeft() ? null : await readFlow(flow);
  if (!opened || isLeft()) return;
  if (key === flow) return void takeInRead(opened, sync.revision);
  if (useEditor.getState().key !== key) return openFlow(flow, isLeft); // yet another one took its place meanwhile
  open(opened);
  const { triggers, steps } = opened.document;
  if (!triggers.length && !Object.keys(steps).length) select(START); // what starts it comes first
}

/** Have a flow open on its page; gives why it is not, and how to try again. */
export function useOpening(flow: string, language: string): { problem: Error | null; again: () => void } {
  const [problem, setProblem] = useState<Error | null>(null);
  const [tries, setTries] = useState(0);
  const isOther = useEditor((editor) => editor.key !== flow && editor.saving !== "saved");
  useEffect(() => {
    let isLeft = false;
    setProblem(null);
    openFlow(flow, () => isLeft).catch((why: Error) => isLeft || setProblem(why));
    return () => void (isLeft = true);
  }, [flow, language, tries, isOther]); // what is wrong with it is told in one's language
  return { problem, again: () => setTries((before) => before + 1) };
}

/** A flow as the server has it now. */
export async function readFlow(flow: string): Promise<Opened | null> {
  const { data } = await api.GET("/api/v1/flows/{flow}/document", { params: { path: { flow } } });
  if (!data) return null;
  return {
    flow: data.flow,
    revision: data.revision,
    live_version: data.live_version ?? null,
    document: data.document as unknown as FlowDocument,
    issues: data.issues,
    exits: data.exits,
  };
}

/** Work on any other flow goes to the server before this one takes its place. */
async function sendRest(instead: string): Promise<void> {
  const { key, flow, saving, sync } = useEditor.getState();
  if (key === instead || isSaved(sync)) return;
  if (saving !== "refused") await tryToSave(key);
  const now = useEditor.getState();
  if (now.key !== key) return;
  if (now.saving === "saving" || now.saving === "stale") return sendRest(instead);
  if (!isSaved(now.sync)) throw new Unsaved(key, flow.name);
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Send work a moment after it was done, and again while the server is away, whatever page is shown by then. */
function sendSoon(): void {
  const { key, saving } = useEditor.getState();
  clearTimeout(timer);
  if (saving === "saved" || saving === "refused") return;
  // Each try is followed by another one, whatever it changed, until all is saved.
  timer = setTimeout(() => void tryToSave(key).finally(sendSoon), saving === "offline" ? RETRY_MS : PAUSE_MS);
}

const warn = (event: Event) => event.preventDefault();

useEditor.subscribe((now, before) => {
  if (now.saving === before.saving && now.sync.waiting === before.sync.waiting) return;
  sendSoon();
  if (now.saving === "saved") window.removeEventListener("beforeunload", warn);
  else window.addEventListener("beforeunload", warn);
});

/** Send what waits. Where nothing does, it was reading the flow anew that failed. */
function tryToSave(flow: string): Promise<void> {
  const { saving, sync } = useEditor.getState();
  return saving === "stale" || isSaved(sync) ? readAgain(flow) : save(sendPatches, crypto.randomUUID());
}

/** Read the flow anew, and put what is not saved yet on top of it: only once it is known of all that was sent whether it
 *  arrived, because what is in the flow already would be done twice. */
export async function readAgain(flow: string): Promise<void> {
  try {
    const { revision } = await allAnswered();
    const opened = await readFlow(flow);
    const now = useEditor.getState();
    if (now.key !== flow || !opened) return;
    if (now.sync.sent || now.sync.revision !== revision) return await readAgain(flow);
    reopen(opened);
  } catch (why) {
    const { key, sync } = useEditor.getState();
    if (key !== flow) return;
    const isRefused = why instanceof Problem && why.status < 500 && why.status !== 401; // such as: it was deleted meanwhile
    if (!isRefused) useEditor.setState({ saving: "offline" });
    else useEditor.setState(isSaved(sync) ? { saving: "saved" } : { saving: "refused", refusal: why.message });
  }
}

/** Give up what the server does not take; gives whether there still is such a flow. */
export async function giveUpRest(flow: string): Promise<boolean> {
  giveUp();
  const isGone = await readFlow(flow).then(
    () => false,
    (why) => isNoFlow(why),
  );
  if (!isGone) await readAgain(flow);
  return !isGone;
}

/** Whether this says that there is no such flow. */
export function isNoFlow(why: unknown): boolean {
  return why instanceof Problem && why.status === 404;
}

/** Once nothing that was sent is without an answer. Throws when there is none to be had. */
async function allAnswered(): Promise<Sync> {
  if (useEditor.getState().sync.sent) await save(sendPatches, crypto.randomUUID());
  const { sync } = useEditor.getState();
  if (sync.sent) throw new Error("no answer");
  return sync;
}

const sendPatches: Transport = async (flow, revision, id, patches): Promise<Answer> => {
  try {
    const body = { revision, id, patches: patches as never };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { data } = await api.POST("/api/v1/flows/{flow}/patches", { params: { path: { flow } }, body, signal });
    if (!data) throw new Error("the server said nothing");
    return { revision: data.revision, issues: data.issues, exits: data.exits };
  } catch (why) {
    if (why instanceof Problem && why.code === "stale") return { missed: (why.more.missed ?? []) as Kept[] };
    throw why;
  }
};
