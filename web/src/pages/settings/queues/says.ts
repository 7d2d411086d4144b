import { readDuration, secondsOf } from "../../../fields/durations";
import type { Entry } from "../../../fields/entries";
import { isObject } from "../../../fields/settle";

/** What a setting does, as a sentence: a key of `settings.queue_says` and what goes into it. Times are in seconds. */
export interface Saying {
  key: string;
  of: Record<string, string>;
  seconds: Record<string, number>;
}

interface Tier {
  name: string;
  target: number;
  maxWait: number | null;
}

/** Maximum waits that nobody set are so many targets. */
const TARGETS = 10;
const LANE = 10;

/** What a queue's settings do with the tiers that there are, said of those furthest apart: who passes whom, who goes
 *  before everybody, and what happens when it takes too long. */
export function sayingsOf(queue: Entry, tiers: readonly Entry[]): Saying[] {
  const known = inOrder(queue, tiers.map(tierOf));
  const [high, low] = [known[0], known.at(-1)];
  const passing = high && low && high !== low ? passingOf(queue, high, low) : [];
  const capped = queue.policy === "fifo" || !low || low.maxWait === null ? [] : [saying("past_maximum", { low: low.name }, { wait: low.maxWait })];
  return [...passing, ...capped, ...laneOf(queue), ...overflowOf(queue)];
}

/** The tiers as a policy sees them: by their targets where these decide, else in the order in which they are written. */
function inOrder({ policy }: Entry, tiers: Tier[]): Tier[] {
  const isByTarget = policy === undefined || policy === "target_ratio" || policy === "due_time";
  return isByTarget ? tiers.toSorted((one, other) => one.target - other.target) : tiers;
}

/** Who of the high tier passes whom of the low one: the formulas of each policy, solved for the other's wait. */
function passingOf(queue: Entry, high: Tier, low: Tier): Saying[] {
  const names = { high: high.name, low: low.name };
  switch (queue.policy ?? "target_ratio") {
    case "target_ratio": // waited / target, the highest first
      return [saying("target_ratio", names, { waited: high.target, passes: low.target })];
    case "due_time": // arrival + target, the earliest first
      return ahead("head_start", names, low.target - high.target);
    case "head_start": // arrival - head start, the earliest first
      return ahead("head_start", names, headStart(queue, high.name) - headStart(queue, low.name));
    case "strict":
    case "reserve":
      return [saying("strict", names)];
    default:
      return [saying("fifo")];
  }
}

function ahead(key: string, names: { high: string; low: string }, seconds: number): Saying[] {
  if (seconds > 0) return [saying(key, names, { passes: seconds })];
  return seconds < 0 ? [saying(key, { high: names.low, low: names.high }, { passes: -seconds })] : [saying("fifo")];
}

function headStart(queue: Entry, tier: string): number {
  return isObject(queue.head_starts) ? (secondsIn(queue.head_starts[tier]) ?? 0) : 0;
}

function laneOf(queue: Entry): Saying[] {
  const every = typeof queue.fair_lane === "number" ? queue.fair_lane : LANE;
  return every > 0 && queue.policy !== "fifo" ? [saying("lane", { every: String(every) })] : [];
}

function overflowOf(queue: Entry): Saying[] {
  const rules = isObject(queue.overflow) ? queue.overflow : {};
  const after = secondsIn(rules.after);
  if (after === null) return [];
  return typeof rules.to === "string" && rules.to ? [saying("overflow_to", { to: rules.to }, { after })] : [saying("overflow", {}, { after })];
}

function tierOf(entry: Entry): Tier {
  const target = secondsIn(entry.target) ?? 0;
  const written = entry.max_wait === undefined ? target * TARGETS : secondsIn(entry.max_wait);
  return { name: String(entry.name ?? ""), target, maxWait: written === 0 ? null : written };
}

function secondsIn(written: unknown): number | null {
  const read = readDuration(written);
  return read && secondsOf(read);
}

function saying(key: string, of: Record<string, string> = {}, seconds: Record<string, number> = {}): Saying {
  return { key, of, seconds };
}
