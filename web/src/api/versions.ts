import { useQuery } from "@tanstack/react-query";
import { api } from "./client";

/** A version of a flow as it is drawn; versions never change, so each is asked for once. */
export function useVersion(flow: string, version: number | null) {
  return useQuery({
    queryKey: ["version", flow, version],
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const path = { flow, version: version ?? 0 };
      return (await api.GET("/api/v1/flows/{flow}/versions/{version}", { params: { path } })).data ?? null;
    },
  });
}
