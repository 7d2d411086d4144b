import { START } from "../../graph/document";

/** One step that a run went through, and the way out that it took; empty: it ended there. */
export interface Passed {
  step: string;
  exit: string;
}

/** At which places of its path each step was gone through, such as `1, 3`. */
export function ordersIn(trace: readonly Passed[]): Record<string, string> {
  const orders: Record<string, string> = {};
  trace.forEach(({ step }, place) => {
    orders[step] = orders[step] ? `${orders[step]}, ${place + 1}` : String(place + 1);
  });
  return orders;
}

/** The lines that a run took, by the name that the canvas has for them. */
export function takenLines(trace: readonly Passed[]): Set<string> {
  const taken = new Set(trace.filter(({ exit }) => exit).map(({ step, exit }) => `${step}:${exit}`));
  if (trace.length) taken.add(`${START}:`);
  return taken;
}
