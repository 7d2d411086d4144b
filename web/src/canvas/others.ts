import { create } from "zustand";

/** Somebody else who has the flow open, and the step at which they are. */
export interface Other {
  editor: string;
  user: string;
  step: string;
}

/** Who has this flow open; `own` are the names under which the server knew this page. */
export const useOthers = create<{ others: readonly Other[]; own: readonly string[] }>(() => ({ others: [], own: [] }));

const COLOURS = ["talk", "route", "data", "decide"] as const;

/** Whose colour somebody has: the same for everybody who looks. */
export function colourOf(name: string): (typeof COLOURS)[number] {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return COLOURS[sum % COLOURS.length] ?? "talk";
}

/** The first letters of the first two words of a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toLocaleUpperCase();
}
