import { create } from "zustand";

const SHOWN_MS = 30_000;

/** Something that was done to the flow, and how it is taken back. */
interface Done {
  flow: string;
  sentence: string;
  undo: (() => Promise<void>) | null;
}

export const useDone = create<{ done: Done | null }>(() => ({ done: null }));

let timer: ReturnType<typeof setTimeout> | undefined;

/** Tell that something was done; for half a minute it can be taken back. */
export function tell(done: Done | null): void {
  clearTimeout(timer);
  useDone.setState({ done });
  if (done) timer = setTimeout(() => useDone.setState({ done: null }), SHOWN_MS);
}
