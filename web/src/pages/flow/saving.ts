import { useEffect, useState } from "react";
import { api, Problem } from "../../api/client";
import { type Answer, open, type Opened, reopen, save, select, takeInRead, type Transport, useEditor } from "../../editing/editor";
import { type FlowDocument, START } from "../../graph/document";
import { isSaved, type Kept } from "../../editing/sync";

const PAUSE_MS = 400;
const RETRY_MS = 3_000;

/** Read a flow from the server and begin to edit it. The one that is open already can be edited meanwhile, and goes on. */
export async function openFlow(flow: string): Promise<void> {
  await sendRest(flow);
  const { key, sync } = useEditor.getState();
  const opened = await readFlow(flow);
  if (!opened) return;
  if (key === flow) return void takeInRead(opened, sync.revision);
  open(opened);
  const { triggers, steps } = opened.document;
  if (!triggers.length && !Object.keys(steps).length) select(START); // what starts it comes first
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

/** Work on any other flow goes to the server before this one takes its place; not when the server cannot be reached. */
async function sendRest(instead = ""): Promise<void> {
  const { key } = useEditor.getState();
  while (key !== instead && useEditor.getState().saving === "saving") await tryToSave(key);
}

/** Send work a moment after it was done, again when the server was away, and what is left when the page is left. */
export function useSaving(flow: string): void {
  const saving = useEditor((editor) => (editor.key === flow ? editor.saving : "saved"));
  const waiting = useEditor((editor) => editor.sync.waiting);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (saving === "saved") return;
    // Each try is followed by another one, whatever it changed, until all is saved.
    const work = () => void tryToSave(flow).finally(() => setTries((before) => before + 1));
    const timer = setTimeout(work, saving === "offline" ? RETRY_MS : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [flow, saving, waiting, tries]);
  useEffect(() => () => void sendRest(), [flow]);
  useEffect(() => {
    if (saving === "saved") return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [saving]);
}

/** Send what waits. Where nothing does, it was reading the flow anew that failed. */
function tryToSave(flow: string): Promise<void> {
  const { saving, sync } = useEditor.getState();
  return saving === "stale" || isSaved(sync) ? readAgain(flow) : save(sendPatches, crypto.randomUUID());
}

/** Read the flow anew, and put what is not saved yet on top of it. */
export async function readAgain(flow: string): Promise<void> {
  try {
    const opened = await readFlow(flow);
    if (opened) reopen(opened);
  } catch {
    useEditor.setState({ saving: "offline" });
  }
}

const sendPatches: Transport = async (flow, revision, id, patches): Promise<Answer> => {
  try {
    const body = { revision, id, patches: patches as never };
    const { data } = await api.POST("/api/v1/flows/{flow}/patches", { params: { path: { flow } }, body });
    if (!data) throw new Error("the server said nothing");
    return { revision: data.revision, issues: data.issues, exits: data.exits };
  } catch (why) {
    if (why instanceof Problem && why.code === "stale") return { missed: (why.more.missed ?? []) as Kept[] };
    throw why;
  }
};
