import type { components } from "../../api/schema";

type Traffic = components["schemas"]["TrafficView"];

const THINNEST = 2;
const THICKEST = 11;

/** How wide a line is drawn that `count` of `all` contacts took, in pixels: by the root, or few would not be seen. */
export function widthFor(count: number, all: number): number {
  if (count <= 0 || all <= 0) return THINNEST;
  return THINNEST + (THICKEST - THINNEST) * Math.sqrt(Math.min(1, count / all));
}

/** How many left a step by an exit, and what part that is of all that left it; no part when only one way was taken
 * that it could be compared with. */
export function leftBy(traffic: Traffic | null | undefined, step: string, exit: string): { count: number; share: number | null } {
  const exits = traffic?.steps[step]?.exits ?? {};
  const count = exits[exit] ?? 0;
  const all = Object.values(exits).reduce((sum, one) => sum + one, 0);
  return { count, share: all > count || Object.keys(exits).length > 1 ? count / all : null };
}

export interface TierWait {
  tier: string;
  waiting: number;
  longest_wait: number;
}

/** Whether somebody waits longer than their tier should; `targets` in seconds. */
export function isLate(tiers: readonly TierWait[], targets: Record<string, number>): boolean {
  return tiers.some(({ tier, waiting, longest_wait }) => waiting > 0 && longest_wait > (targets[tier] ?? Number.POSITIVE_INFINITY));
}
