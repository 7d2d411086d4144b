import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, Problem } from "../../api/client";
import { once } from "../../api/once";
import type { components } from "../../api/schema";
import type { Entry, Noun } from "../../fields/entries";

export type Use = components["schemas"]["UseView"];

/** An entry as the server has it; `tag` names what it says, so that nothing is overwritten unseen. */
export interface Known {
  entry: Entry;
  tag: string | null;
}

/** Every entry of a section. */
export function useAll(noun: Noun) {
  return useQuery({
    queryKey: ["workspace", noun],
    queryFn: async () => (await api.GET("/api/v1/{noun}", { params: { path: { noun } } })).data ?? [],
  });
}

/** One entry; null: a new one, which nobody has to be asked for. */
export function useKnown(noun: Noun, name: string | null) {
  return useQuery({
    queryKey: ["workspace", noun, name],
    enabled: name !== null,
    queryFn: async (): Promise<Known> => {
      const { data, response } = await api.GET("/api/v1/{noun}/{name}", { params: { path: { noun, name: name ?? "" } } });
      return { entry: data ?? {}, tag: response.headers.get("ETag") };
    },
  });
}

/** Which flows name each entry, by section and name. */
export function useUses(): Record<string, Record<string, Use[]>> {
  const { data } = useQuery({
    queryKey: ["workspace", "uses"],
    queryFn: async () => (await api.GET("/api/v1/sections/uses")).data ?? {},
  });
  return data ?? {};
}

interface Wish {
  name: string;
  entry: Entry;
  /** What the entry has to be as it is now; null: there is to be none of this name. */
  tag: string | null;
}

/** A second press while the first is under way would seem to be somebody else's change. */
const put = once(async (noun: Noun, { name, entry, tag }: Wish): Promise<Known> => {
  const headers = tag === null ? { "If-None-Match": "*" } : { "If-Match": tag };
  const { data, response } = await api.PUT("/api/v1/{noun}/{name}", { params: { path: { noun, name } }, headers, body: entry });
  return { entry: data ?? entry, tag: response.headers.get("ETag") };
});

/** Write an entry. Rejects with what is wrong with it, or with what others made of it meanwhile. */
export function useSave(noun: Noun) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => put(noun, wish),
    onSuccess: (saved, { name }) => {
      known.setQueryData(["workspace", noun, name], saved);
      void known.invalidateQueries({ queryKey: ["workspace"] });
    },
  });
}

/** Remove an entry. */
export function useRemove(noun: Noun) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, tag }: { name: string; tag: string | null }) => {
      const headers = tag === null ? {} : { "If-Match": tag };
      await api.DELETE("/api/v1/{noun}/{name}", { params: { path: { noun, name } }, headers });
    },
    onError: () => void known.invalidateQueries({ queryKey: ["workspace"] }),
    onSuccess: (_, { name }) => {
      known.removeQueries({ queryKey: ["workspace", noun, name] });
      void known.invalidateQueries({ queryKey: ["workspace"] });
    },
  });
}

/** What somebody else made of an entry meanwhile; `entry` null: they removed it. */
export interface Meanwhile {
  entry: Entry | null;
  tag: string | null;
  /** Whether one of the name of a new entry was there already. */
  isTaken: boolean;
}

export function meanwhileOf(why: unknown): Meanwhile | null {
  if (!(why instanceof Problem) || why.status !== 412) return null;
  const { entry, tag } = why.more as { entry?: Entry | null; tag?: string | null };
  return { entry: entry ?? null, tag: tag ?? null, isTaken: why.code === "already_there" };
}
