import type { Step } from "./document";

const MARK = "skipline steps";
const FORMAT = 1;
const KEY = /^[A-Za-z0-9][\w-]{0,79}$/;
const MOST_STEPS = 1_000;
const LONGEST = 2_000_000;

/** Steps as text for the clipboard, so that they can be carried to another flow, tab or computer. */
export function written(steps: Record<string, Step>): string {
  return JSON.stringify({ what: MARK, format: FORMAT, steps }, null, 2);
}

/** The steps in a text from the clipboard, with the lines among themselves; null when it is something else. */
export function readSteps(text: string): Record<string, Step> | null {
  const found = text.length <= LONGEST && text.includes(MARK) ? parsed(text) : null;
  if (!isRecord(found) || found.what !== MARK || found.format !== FORMAT || !isRecord(found.steps)) return null;
  const entries = Object.entries(found.steps);
  if (entries.length === 0 || entries.length > MOST_STEPS) return null;
  const keys = new Set(entries.map(([key]) => key));
  const steps = entries.map(([key, step]) => [key, KEY.test(key) ? stepFrom(step, keys) : null] as const);
  return steps.every(([, step]) => step) ? (Object.fromEntries(steps) as Record<string, Step>) : null;
}

/** A step of nothing but what a step has; null when that is not what it should be. */
function stepFrom(value: unknown, keys: ReadonlySet<string>): Step | null {
  if (!isRecord(value) || typeof value.type !== "string") return null;
  const { type, name = "", with: settings = {}, next = {} } = value;
  if (typeof name !== "string" || !isRecord(settings) || !isRecord(next)) return null;
  const lines = Object.entries(next).filter((line): line is [string, string] => typeof line[1] === "string" && keys.has(line[1]));
  return {
    type,
    ...(name && { name }),
    ...(Object.keys(settings).length > 0 && { with: settings }),
    ...(lines.length > 0 && { next: Object.fromEntries(lines) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
