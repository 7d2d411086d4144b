import { useEffect, useState } from "react";
import type { Entry } from "../../fields/entries";

/** What somebody wrote and did not save yet, and the tag of what they began from. */
export interface Draft {
  entry: Entry;
  tag: string | null;
}

/** Kept while the app is open: who leaves a form by mistake finds it as they left it. */
const kept = new Map<string, Draft>();

/** The unsaved work on an entry; null: there is none. */
export function useDraft(key: string): [Draft | null, (draft: Draft | null) => void] {
  const [draft, show] = useState(() => kept.get(key) ?? null);
  return [
    draft,
    (changed) => {
      keepDraft(key, changed);
      show(changed);
    },
  ];
}

/** Keep unsaved work on an entry whose form is not open. */
export function keepDraft(key: string, draft: Draft | null): void {
  if (draft) kept.set(key, draft);
  else kept.delete(key);
}

let made = "";

/** Remember that an entry was made: its page opens after that, and says so. */
export function noteMade(key: string): void {
  made = key;
}

/** Whether this entry was made just now. */
export function useJustMade(key: string): boolean {
  const [isJustMade] = useState(made === key);
  useEffect(
    () => () => {
      if (made === key) made = "";
    },
    [key],
  );
  return isJustMade;
}
