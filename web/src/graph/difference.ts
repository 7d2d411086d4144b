import { type Exits, type FlowDocument, type Line, linesOf, START, type Step } from "./document";

/** What became of a part of a flow from one state to another. */
export type Mark = "added" | "removed" | "changed";

/** Two states of a flow as one drawing: what is there after, and with it what is gone. */
export interface Difference {
  flow: FlowDocument;
  exits: Exits;
  /** The flow with every line of both states in it, for the layout alone. */
  laidOut: FlowDocument;
  lines: (Line & { mark: Mark | null })[];
}

/** Behind the name of an exit: where it led before. */
const BEFORE = "·before";

/** Put two states of a flow into one drawing. Steps that are gone keep their lines, and so do exits that led elsewhere. */
export function putTogether(before: FlowDocument, after: FlowDocument, exitsBefore: Exits, exitsAfter: Exits): Difference {
  const keys = [...Object.keys(after.steps), ...Object.keys(before.steps).filter((key) => !(key in after.steps))];
  const exits = Object.fromEntries(keys.map((key) => [key, joined(exitsAfter[key] ?? [], exitsBefore[key] ?? [])]));
  const was = linesOf({ ...before, steps: { ...after.steps, ...before.steps } }, exits).filter(leavesOneOf(before));
  const now = linesOf({ ...after, steps: { ...before.steps, ...after.steps } }, exits).filter(leavesOneOf(after));
  const gone = without(was, now);
  const added = new Set(without(now, was));
  const marked = now.map((line) => ({ ...line, mark: added.has(line) ? ("added" as const) : null }));
  return {
    flow: { ...after, steps: stepsOf(keys, before, after, "") },
    exits,
    laidOut: { ...after, start: after.start ?? before.start, steps: stepsOf(keys, before, after, BEFORE) },
    lines: [...marked, ...gone.map((line) => ({ ...line, mark: "removed" as const }))],
  };
}

const leavesOneOf = (flow: FlowDocument) => (line: Line) => line.from === START || line.from in flow.steps;

function joined(after: Exits[string], before: Exits[string]): Exits[string] {
  return [...after, ...before.filter((exit) => !after.some((one) => one.name === exit.name))];
}

function without(lines: readonly Line[], others: readonly Line[]): Line[] {
  const known = new Set(others.map((line) => JSON.stringify(line)));
  return lines.filter(({ from, exit, to }) => !known.has(JSON.stringify({ from, exit, to })));
}

/** The steps of both; `suffix` names the exits that lead elsewhere now, empty: they are left out. */
function stepsOf(keys: readonly string[], before: FlowDocument, after: FlowDocument, suffix: string): Record<string, Step> {
  const one = (key: string): Step => {
    const [was, now] = [before.steps[key], after.steps[key]];
    const step = now ?? was ?? { type: "" };
    const led = Object.entries(was?.next ?? {}).filter(([exit, to]) => now?.next?.[exit] !== to);
    const older = led.map(([exit, to]) => [now?.next?.[exit] === undefined ? exit : `${exit}${suffix}`, to] as const);
    return { ...step, next: { ...Object.fromEntries(older), ...now?.next } };
  };
  return Object.fromEntries(keys.map((key) => [key, one(key)]));
}
