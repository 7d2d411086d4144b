import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { components } from "../../api/schema";
import { useEditor } from "../../editing/editor";
import { START } from "../../graph/document";
import type { Compared } from "./view";

export type Differences = components["schemas"]["DifferencesView"];
export type Change = components["schemas"]["ChangeView"];

/** What the draft changes of what is live, as far as it is saved; null while there is nothing, or no such thing. */
export function useUnpublished(): Differences | null {
  const { key, liveVersion, sync } = useEditor();
  const { data } = useQuery({
    queryKey: ["differences", key, "draft", sync.revision],
    enabled: liveVersion !== null,
    queryFn: () => readDifferences(key, null),
    placeholderData: (before, asked) => (asked?.queryKey[1] === key ? before : undefined),
  });
  return liveVersion !== null && data && data.after === null && data.changes.length ? data : null;
}

/** What differs between two states of the flow. */
export function useDifferences(flow: string, compared: Compared): { changes: readonly Change[] | null; error: Error | null; again: () => void } {
  const revision = useEditor((editor) => editor.sync.revision);
  const { before, after } = compared;
  const { data, error, refetch } = useQuery({
    queryKey: ["differences", flow, before, after ?? `draft ${revision}`],
    queryFn: () => readDifferences(flow, compared),
  });
  return { changes: data?.changes ?? null, error: data ? null : error, again: () => void refetch() };
}

async function readDifferences(flow: string, compared: Compared | null): Promise<Differences | null> {
  const query = { before: compared?.before ?? null, after: compared?.after ?? null };
  return (await api.GET("/api/v1/flows/{flow}/differences", { params: { path: { flow }, query } })).data ?? null;
}

/** The card that a change is about; empty: none. */
export function cardOf(change: Change): string {
  return change.part === "start" ? START : change.step;
}
