import { create } from "zustand";
import type { Passed } from "../../runs/path";

/** The steps that a played story has taken so far, in their order; null: nothing is played. */
export const useLit = create<{ passed: readonly Passed[] | null }>(() => ({ passed: null }));

const STEP_MS = 320;

/** Light these steps up one after another, at once for those who want no motion; gives what ends it. */
export function lightUp(trace: readonly Passed[] | null): () => void {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let shown = trace && !isStill ? 1 : (trace?.length ?? 0);
  const light = () => useLit.setState({ passed: trace?.slice(0, shown) ?? null });
  light();
  const timer = setInterval(() => {
    if (!trace || shown >= trace.length) return clearInterval(timer);
    shown += 1;
    light();
  }, STEP_MS);
  return () => {
    clearInterval(timer);
    useLit.setState({ passed: null });
  };
}
