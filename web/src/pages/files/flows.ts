import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";

/** Every flow there is. */
export function useFlows() {
  return useQuery({ queryKey: ["flows"], queryFn: async () => (await api.GET("/api/v1/flows")).data ?? [] });
}
