import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import type { components } from "../api/schema";
import { useMay } from "../shell/session";

export type Secret = components["schemas"]["SecretView"];

const KEY = ["secrets"];
const NONE: readonly Secret[] = [];

/** The secrets as people may see them: never a value. `mayRead` and `mayChange` say what whoever looks may do. */
export function useVault() {
  const may = useMay();
  const [mayRead, mayChange] = [may("secrets.read"), may("secrets.change")];
  const { data, error, isPending } = useQuery({ queryKey: KEY, enabled: mayRead, queryFn: async () => (await api.GET("/api/v1/secrets")).data ?? [] });
  return { secrets: data ?? NONE, error, isPending, mayRead, mayChange };
}

/** Give a secret its value. The value is kept nowhere on this side. */
export function useGiveSecret() {
  const known = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: async ({ name, value }: { name: string; value: string }) =>
      void (await api.PUT("/api/v1/secrets/{name}", { params: { path: { name } }, body: { value } })),
    onSuccess: () => known.invalidateQueries({ queryKey: KEY }),
  });
}

/** Forget a secret. */
export function useForgetSecret() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async (name: string) => void (await api.DELETE("/api/v1/secrets/{name}", { params: { path: { name } } })),
    onSuccess: () => known.invalidateQueries({ queryKey: KEY }),
  });
}
