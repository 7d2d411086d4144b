import { useQuery } from "@tanstack/react-query";
import { api, Problem } from "../../../api/client";
import type { components } from "../../../api/schema";

export type ChannelState = components["schemas"]["ChannelStateView"];

const WAITING_MS = 2_000;
const HEARD_MS = 15_000;

/** How an account stands: looked at often while its first message is waited for. Null: it is not in use. */
export function useChannelState(name: string, isNew = false) {
  return useQuery({
    queryKey: ["channel_state", name],
    enabled: !isNew && name !== "",
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.deliveries === "heard" ? HEARD_MS : WAITING_MS),
    queryFn: () => readState(name),
  });
}

async function readState(name: string): Promise<ChannelState | null> {
  try {
    return (await api.GET("/api/v1/channels/{name}/state", { params: { path: { name } } })).data ?? null;
  } catch (why) {
    if (why instanceof Problem && why.status === 404) return null;
    throw why;
  }
}
