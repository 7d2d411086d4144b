import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, Problem, proveWith } from "../api/client";
import type { components } from "../api/schema";

export type Session = components["schemas"]["SessionView"];
export type Permission = components["schemas"]["Permission"];

const KEY = ["session"];

/** Who is signed in; null: nobody. */
export function useSession() {
  const { data, isPending } = useQuery({ queryKey: KEY, queryFn: readSession, staleTime: 60_000, retry: 3 });
  return { session: data ?? null, isPending };
}

/** What whoever is signed in may do. */
export function useMay(): (permission: Permission) => boolean {
  const { session } = useSession();
  return (permission) => session?.permissions.includes(permission) ?? false;
}

async function readSession(): Promise<Session | null> {
  try {
    const { data } = await api.GET("/api/v1/session");
    return keep(data);
  } catch (why) {
    if (why instanceof Problem && why.status === 401) return null;
    throw why;
  }
}

export interface Credentials {
  name: string;
  password: string;
  code?: string;
}

/** Sign in by name and password, and by a code where one is asked for. */
export function useSignIn() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async (given: Credentials) => keep((await api.POST("/api/v1/session", { body: { code: "", ...given } })).data),
    onSuccess: (session) => known.setQueryData(KEY, session),
  });
}

/** Sign in by a link that works once. */
export function useLink() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async (token: string) => keep((await api.POST("/api/v1/session/link", { body: { token } })).data),
    onSuccess: (session) => known.setQueryData(KEY, session),
  });
}

/** Choose a password, after an invitation. */
export function usePassword() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async (password: string) => void (await api.PUT("/api/v1/session/password", { body: { current: "", password } })),
    onSuccess: () => known.invalidateQueries({ queryKey: KEY }),
  });
}

/** Sign out, and forget everything that was read. */
export function useSignOut() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async () => void (await api.DELETE("/api/v1/session")),
    onSuccess: () => {
      known.clear();
      known.setQueryData(KEY, null);
    },
  });
}

function keep(session: Session | undefined): Session | null {
  if (session) proveWith(session.csrf);
  return session ?? null;
}
