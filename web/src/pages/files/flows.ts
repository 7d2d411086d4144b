import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { useSession } from "../../shell/session";

/** Every flow there is. */
export function useFlows() {
  return useQuery({ queryKey: ["flows"], queryFn: async () => (await api.GET("/api/v1/flows")).data ?? [] });
}

/** Whether who is signed in may draw flows. */
export function useMayEdit(): boolean {
  return useSession().session?.permissions.includes("flows.edit") ?? false;
}
