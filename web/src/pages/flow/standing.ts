import { api, questions } from "../../api/client";
import { once } from "../../api/once";
import type { components } from "../../api/schema";
import { useEditor } from "../../editing/editor";
import { readAgain } from "./saving";
import { tell } from "./toast";

export type Version = components["schemas"]["FlowVersionView"];
export type Published = components["schemas"]["PublishedView"];
export type TakenOver = components["schemas"]["TakenOverView"];
export type Draft = components["schemas"]["DraftView"];

/** The flow's draft; null: there is none, and the live version is what people see. */
export async function readDraft(flow: string): Promise<Draft | null> {
  const params = { path: { flow } };
  const { data } = await api.GET("/api/v1/flows/{flow}/document", { params });
  if (!data?.has_draft) return null;
  return (await api.GET("/api/v1/flows/{flow}/draft", { params })).data ?? null;
}

/** Every version, newest first; none while the flow is new. */
export async function readVersions(flow: string): Promise<Version[]> {
  return (await api.GET("/api/v1/flows/{flow}/versions", { params: { path: { flow } } })).data ?? [];
}

/** Publish this very draft. Refused when somebody has changed it since. `takesOver` are the numbers that other flows
 *  give up for it, each with the flow that has it now. */
export const publishDraft = once(async (flow: string, draft: Draft, note: string, takesOver: Record<string, string>): Promise<Published | null> => {
  const body = { revision: draft.revision, note, takes_over: takesOver };
  const { data } = await api.POST("/api/v1/flows/{flow}/publish", { params: { path: { flow } }, body });
  await settle(flow, data?.version ?? null);
  return data ?? null;
});

/** Make an earlier version live again, and give back the numbers that the present one took from other flows. Gives the
 *  numbers that no flow answers by that. */
export async function rollBack(flow: string, version: number, taken: readonly TakenOver[] = []): Promise<string[]> {
  const together = Object.fromEntries(taken.map((one) => [one.flow, { version: one.before, instead_of: one.version }]));
  const { data } = await api.POST("/api/v1/flows/{flow}/rollback", { params: { path: { flow } }, body: { version, together } });
  await settle(flow, version);
  return data?.freed ?? [];
}

/** Keep a text as the draft instead of `instead_of`; with no text there is no draft any more. */
export async function keepDraft(flow: string, text: string | null, insteadOf: Draft | null): Promise<Draft | null> {
  const params = { path: { flow } };
  let kept: Draft | null = null;
  if (text === null) await api.DELETE("/api/v1/flows/{flow}/draft", { params: { ...params, query: { revision: insteadOf?.revision ?? null } } });
  else kept = (await api.PUT("/api/v1/flows/{flow}/draft", { params, body: { text, revision: insteadOf?.revision ?? 0 } })).data ?? null;
  await settle(flow, useEditor.getState().liveVersion);
  return kept;
}

/** What is known of the flow is not so any more. */
async function settle(flow: string, liveVersion: number | null): Promise<void> {
  if (useEditor.getState().key === flow) {
    useEditor.setState({ liveVersion });
    await readAgain(flow);
  }
  for (const key of [["flows"], ["versions", flow], ["differences", flow], ["draft", flow], ["number_owners"], ["workspace"]]) void questions.invalidateQueries({ queryKey: key });
}

/** Takes a file's text into the flow as its draft: only over the draft that is there now, and it can be taken back. */
export async function intoDraft(flow: string, sentence: string): Promise<{ keep: (text: string) => Promise<void> }> {
  const before = await readDraft(flow);
  const keep = async (text: string) => {
    const kept = await keepDraft(flow, text, before);
    tell({ flow, sentence, undo: async () => void (await keepDraft(flow, before?.text ?? null, kept)) });
  };
  return { keep };
}
