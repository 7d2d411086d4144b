import type { components } from "../../api/schema";

export type Run = components["schemas"]["RunView"];

/** One step of a run as it is shown: those that it has left, then the one at which it is. */
export interface Taken {
  step: string;
  type: string;
  /** Empty: the run ended there, or is there still. */
  exit: string;
  at: string;
  ms: number;
  detail: Record<string, unknown>;
  isHere: boolean;
  /** Its wait in a queue, if it has one. */
  entry: string;
}

/** The steps of a run in their order. */
export function takenBy(run: Run, now: number): Taken[] {
  const left = run.trace.map((one): Taken => ({ ...one, isHere: false, entry: textAt(one.detail, "entry") }));
  const { here } = run;
  if (!here) return left;
  const at = here.since ?? run.started_at;
  const ms = Math.max(0, now - Date.parse(at));
  return [...left, { step: here.step, type: here.type, exit: "", at, ms, detail: here.detail, isHere: true, entry: here.entry ?? "" }];
}

export function textAt(detail: Record<string, unknown>, name: string): string {
  const value = detail[name];
  return typeof value === "string" ? value : "";
}

/** A part of a detail that is a map, such as what a step read; empty when there is none. */
export function mapAt(detail: Record<string, unknown>, name: string): [string, unknown][] {
  const value = detail[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

export function textsAt(detail: Record<string, unknown>, name: string): string[] {
  const value = detail[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

/** What part of all the time each step took, from 0 to 1; the same for each when none took any. */
export function sharesOf(taken: readonly Taken[]): number[] {
  const all = taken.reduce((sum, one) => sum + one.ms, 0);
  return taken.map(({ ms }) => (all > 0 ? ms / all : 1 / taken.length));
}

/** The place to mark when a card is chosen: the step's first, or its next one where it was gone through more than once. */
export function nextPlaceOf(taken: readonly { step: string }[], step: string, chosen: number | null): number | null {
  const places = taken.flatMap((one, place) => (one.step === step ? [place] : []));
  return places.find((place) => chosen !== null && place > chosen) ?? places[0] ?? null;
}
