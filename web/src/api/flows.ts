import { useQuery } from "@tanstack/react-query";
import { api } from "./client";

/** The question which flows there are, asked again every so many milliseconds if that is said. */
export function useFlowList(refreshMs: number | false = false) {
  return useQuery({ queryKey: ["flows"], queryFn: async () => (await api.GET("/api/v1/flows")).data ?? [], refetchInterval: refreshMs });
}
