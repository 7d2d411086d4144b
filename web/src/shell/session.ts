import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import { api, Problem, proveWith, questions, whenStrange } from "../api/client";
import type { components } from "../api/schema";

export type Session = components["schemas"]["SessionView"];
export type Permission = components["schemas"]["Permission"];

const KEY = ["session"];
const RETRY_MS = 3_000;

/** Whether the session of whoever works here ended while they did: the page stays as it is until they are back.
 *  `other`: who is signed in instead by now, from another tab; empty: nobody. */
export const useOver = create<{ isOver: boolean; other: string }>(() => ({ isOver: false, other: "" }));

/** Who is signed in; null: nobody. `isUnknown`: the server did not say yet, and is asked again. */
export function useSession() {
  const { data, isPending, isError } = useQuery({
    queryKey: KEY,
    queryFn: readSession,
    staleTime: 60_000,
    retry: 1,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (state.status === "error" || useOver.getState().isOver ? RETRY_MS : false),
  });
  return { session: data ?? null, isPending, isUnknown: isError && data === undefined };
}

/** What whoever is signed in may do. */
export function useMay(): (permission: Permission) => boolean {
  const { session } = useSession();
  return (permission) => session?.permissions.includes(permission) ?? false;
}

async function readSession(): Promise<Session | null> {
  const before = present();
  const now = await readPresent();
  if (!before || before.name === now?.name) return now && arrived(now);
  useOver.setState({ isOver: true, other: now?.name ?? "" });
  return before;
}

async function readPresent(): Promise<Session | null> {
  try {
    return (await api.GET("/api/v1/session")).data ?? null;
  } catch (why) {
    if (why instanceof Problem && why.status === 401) return null;
    throw why;
  }
}

whenStrange(async () => {
  if (!present()) return false;
  await questions.fetchQuery({ queryKey: KEY, queryFn: readSession, staleTime: 0 });
  return !useOver.getState().isOver;
});

export interface Credentials {
  name: string;
  password: string;
  code?: string;
}

/** Sign in by name and password, and by a code where one is asked for. */
export function useSignIn() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async (given: Credentials) => entered((await api.POST("/api/v1/session", { body: { code: "", ...given } })).data),
    onSuccess: (session) => known.setQueryData(KEY, session),
  });
}

/** Sign in by a link that works once. */
export function useLink() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async (token: string) => {
      const { data } = await api.POST("/api/v1/session/link", { body: { token } });
      history.replaceState(null, "", "#/flows"); // it opens nothing any more
      return entered(data);
    },
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

/** Sign out, and forget everything that was read or written. */
export function useSignOut() {
  return useMutation({ mutationFn: async () => void (await api.DELETE("/api/v1/session")), onSuccess: beginAnew });
}

/** Whether something on the page is not saved: whoever warns before the page is closed does so now. */
export function isUnsaved(): boolean {
  const closing = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(closing);
  return closing.defaultPrevented;
}

/** Load the app anew without asking: nothing that somebody read or wrote is there for whoever comes after them. */
export function beginAnew(): void {
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true });
  location.reload();
}

function present(): Session | null {
  return questions.getQueryData<Session | null>(KEY) ?? null;
}

/** Somebody signed in here. Nothing of somebody else's stays. */
function entered(session: Session | undefined): Session | null {
  const before = present();
  if (!session) return before;
  if (!before || before.name === session.name) return arrived(session);
  beginAnew();
  return before;
}

function arrived(session: Session): Session {
  proveWith(session.csrf);
  if (useOver.getState().isOver) {
    useOver.setState({ isOver: false, other: "" });
    void questions.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] }); // what failed meanwhile
  }
  return session;
}
