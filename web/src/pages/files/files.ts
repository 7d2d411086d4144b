import { api, questions } from "../../api/client";
import { once } from "../../api/once";
import type { components } from "../../api/schema";

export type Read = components["schemas"]["FlowReadView"];
export type Finding = components["schemas"]["IssueView"];

/** Where a flow's file can be downloaded. */
export function fileAddress(flow: string): string {
  return new URL(`api/v1/flows/${encodeURIComponent(flow)}/file`, document.baseURI).href;
}

/** What a flow file says and what is wrong with it; without a document it is no flow at all. Nothing is kept. */
export async function readFile(text: string, file: string): Promise<Read | null> {
  return (await api.POST("/api/v1/flows/read", { body: { text, file } })).data ?? null;
}

/** Begin a flow as this file says; gives its key. */
export const keepAsNew = once(async (text: string, name: string, key: string | null): Promise<string> => {
  const { data } = await api.POST("/api/v1/flows", { body: { name, key, text, template: "empty", language: "en" } });
  await questions.invalidateQueries({ queryKey: ["flows"] });
  return data?.flow ?? "";
});

/** A second flow that says the same, but for its name; gives its key. */
export const duplicate = once(async (flow: string, name: string): Promise<string> => {
  const { data } = await api.GET("/api/v1/flows/{flow}/file", { params: { path: { flow } }, parseAs: "text" });
  return keepAsNew(String(data ?? ""), name, null);
});

/** Throw a flow away that was never published. Gives what brings it back, with its kept tests. */
export async function deleteFlow(flow: string): Promise<() => Promise<void>> {
  const path = { flow };
  const draft = (await api.GET("/api/v1/flows/{flow}/draft", { params: { path } })).data;
  const stories = (await api.GET("/api/v1/flows/{flow}/stories", { params: { path } })).data;
  await api.DELETE("/api/v1/flows/{flow}", { params: { path, query: { revision: draft?.revision ?? null } } });
  await questions.invalidateQueries({ queryKey: ["flows"] });
  return async () => {
    await api.PUT("/api/v1/flows/{flow}/draft", { params: { path }, body: { text: draft?.text ?? "", revision: 0 } });
    if (stories?.text) await api.PUT("/api/v1/flows/{flow}/stories", { params: { path }, body: { text: stories.text, revision: 0 } });
    await questions.invalidateQueries({ queryKey: ["flows"] });
  };
}
