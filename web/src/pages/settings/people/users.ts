import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { once } from "../../../api/once";
import type { components } from "../../../api/schema";

export type User = components["schemas"]["UserView"];
export type Role = components["schemas"]["Role"];

export const ROLES: readonly Role[] = ["owner", "admin", "editor", "publisher", "supervisor", "agent", "auditor"];

const KEY = ["users"];

/** Everybody who can sign in. */
export function useUsers() {
  return useQuery({ queryKey: KEY, queryFn: async () => (await api.GET("/api/v1/users")).data ?? [] });
}

/** Something done to users; all of them are read again after it, and what one may do oneself. */
function useDeed<Wish, Told>(deed: (wish: Wish) => Promise<Told>) {
  const known = useQueryClient();
  return useMutation({ mutationFn: deed, onSettled: () => void Promise.all([KEY, ["session"]].map((queryKey) => known.invalidateQueries({ queryKey }))) });
}

/** Add somebody; gives the link by which they sign in for the first time. */
export function useInvite() {
  return useDeed(invite);
}

/** The link is told this once: a second press while the first is under way gets the same. */
const invite = once(async (body: { name: string; role: Role; agent: string }) => (await api.POST("/api/v1/users", { body })).data?.link ?? "");

/** A new link for somebody who forgot their password. */
export function useNewLink() {
  return useDeed(link);
}

const link = once(async (user: string) => (await api.POST("/api/v1/users/{user}/link", { params: { path: { user } } })).data?.link ?? "");

export function useChange() {
  return useDeed(async ({ user, ...body }: { user: string; role?: Role; agent?: string; is_disabled?: boolean }) => {
    await api.PATCH("/api/v1/users/{user}", { params: { path: { user } }, body });
  });
}

export function useForget() {
  return useDeed(async (user: string) => void (await api.DELETE("/api/v1/users/{user}", { params: { path: { user } } })));
}

export function useEndCodes() {
  return useDeed(async (user: string) => void (await api.DELETE("/api/v1/users/{user}/codes", { params: { path: { user } } })));
}

/** The roles that somebody of role `own` may give and take; only owners make owners. */
export function grantable(own: Role): Role[] {
  return ROLES.filter((role) => role !== "owner" || own === "owner");
}

/** How somebody stands: shut out, invited and not here yet, or in. */
export function standingOf(user: Pick<User, "disabled_at" | "has_password">): "disabled" | "invited" | "active" {
  if (user.disabled_at !== null) return "disabled";
  return user.has_password ? "active" : "invited";
}
