import { create } from "zustand";

const SHOWN_MS = 30_000;

/** Something that was done to the flow, and how it is taken back. */
export interface Done {
  flow: string;
  sentence: string;
  undo: (() => Promise<void>) | null;
}

/** What is told now; `number` tells it from what was told before. */
export const useDone = create<{ done: Done | null; number: number }>(() => ({ done: null, number: 0 }));

let timer: ReturnType<typeof setTimeout> | undefined;

/** Tell that something was done; for half a minute it can be taken back. */
export function tell(done: Done): void {
  clearTimeout(timer);
  useDone.setState({ done, number: useDone.getState().number + 1 });
  timer = setTimeout(() => forget(done), SHOWN_MS);
}

/** Tell it no more, unless something else is told by now. */
export function forget(done: Done): void {
  if (useDone.getState().done === done) useDone.setState({ done: null });
}
