import { create } from "zustand";

/** The steps in which the draft differs from what is live. */
export const useUnpublishedSteps = create<{ steps: ReadonlySet<string> }>(() => ({ steps: new Set() }));
