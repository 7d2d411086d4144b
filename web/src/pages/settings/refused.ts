import { Problem } from "../../api/client";
import type { Issue } from "../../editing/editor";

/** A mistake as the server refuses a change with it. */
export interface Found {
  file: string;
  code: string;
  sentence: string;
  fix: string;
  path: (string | number)[];
  /** Advice stops nothing, and is told beside what does. */
  is_error: boolean;
}

/** The mistakes that a change was refused for; none when it was refused for something else. Advice is left out. */
export function mistakesIn(why: unknown): Found[] {
  const found = why instanceof Problem && why.code === "has_mistakes" ? why.more.issues : [];
  return Array.isArray(found) ? (found as Found[]).filter((one) => one.is_error) : [];
}

/** The mistakes that stand beside the fields of an entry, with their places from there on. */
export function besideFields(found: readonly Found[], section: string, name: string): Issue[] {
  return found
    .filter(({ path }) => path[0] === section && path[1] === name && path.length > 2)
    .map(({ code, sentence, fix, path }) => ({ code, sentence, fix, step: "", path: path.slice(2), is_error: true }));
}

/** The others: about an entry as a whole, about another entry, or about a flow. */
export function elsewhere(found: readonly Found[], section: string, name: string): Found[] {
  return found.filter(({ path }) => !(path[0] === section && path[1] === name && path.length > 2));
}

/** What goes before such mistakes: it is the entry's own fault, or something else needs the entry as it is. `own` is where
 *  the entry is shown. */
export function introOf(others: readonly Found[], own: string | null): "wrong" | "not_saved" | "refused" {
  if (others.length === 0) return "wrong";
  return others.every((one) => placeOfEntry(one) === own) ? "not_saved" : "refused";
}

/** The flow whose file a mistake is in; null: it is in none. */
export function flowOf({ file }: Pick<Found, "file">): string | null {
  return /^flows\/(.+)\.yaml$/.exec(file)?.[1] ?? null;
}

/** Where an entry is shown that a mistake is about; null: nowhere. */
export function placeOfEntry({ path }: Pick<Found, "path">): string | null {
  const [section, name] = path;
  return typeof section === "string" && typeof name === "string" && !["steps", "triggers"].includes(section) ? `/settings/${section}/${name}` : null;
}
