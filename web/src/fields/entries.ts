import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { useFlowList } from "../api/flows";
import type { components } from "../api/schema";

export type Noun = components["schemas"]["Noun"];
export type Entry = Record<string, unknown>;

/** The entries of a section of the workspace, such as its queues; none while they are fetched or may not be seen. */
export function useEntries(noun: Noun | null): readonly Entry[] {
  const { data } = useQuery({
    queryKey: ["workspace", noun],
    enabled: noun !== null,
    queryFn: async () => (noun ? ((await api.GET("/api/v1/{noun}", { params: { path: { noun } } })).data ?? []) : []),
  });
  return data ?? [];
}

export function useNames(noun: Noun | null): string[] {
  return useEntries(noun).map((entry) => String((noun === "numbers" ? entry.number : entry.name) ?? ""));
}

/** The flows there are, by key. */
export function useFlows() {
  return useFlowList().data ?? [];
}

/** Which flow answers each number now: the live version says so. */
export function useNumberOwners(): Record<string, string> {
  const live = useFlows().filter((flow) => flow.live_version !== null);
  const { data } = useQuery({
    queryKey: ["number_owners", live.map((flow) => `${flow.flow}@${flow.live_version}`)],
    enabled: live.length > 0,
    queryFn: async () => {
      const asked = live.map(({ flow }) => api.GET("/api/v1/flows/{flow}", { params: { path: { flow } } }));
      const answers = await Promise.all(asked);
      return Object.fromEntries(answers.flatMap(({ data: one }) => (one?.numbers ?? []).map((number) => [number, one?.flow ?? ""])));
    },
  });
  return data ?? {};
}

/** The values that variables of a flow had of late, by variable: conditions choose from them. */
export function useSeen(flow: string): Record<string, string[]> {
  const { data } = useQuery({
    queryKey: ["seen", flow],
    enabled: flow !== "",
    staleTime: 60_000,
    queryFn: async () => (await api.GET("/api/v1/flows/{flow}/seen", { params: { path: { flow } } })).data ?? {},
  });
  return Object.fromEntries(Object.entries(data ?? {}).map(([name, values]) => [name, [...new Set(values.map(String))]]));
}
