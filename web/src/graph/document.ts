/** A flow as it is drawn and saved: the same shape as its file (`flows/*.yaml`). Lines are derived from `next`. */
export interface FlowDocument {
  format: number;
  name: string;
  triggers: Trigger[];
  start: string | null;
  steps: Record<string, Step>;
}

export interface Trigger {
  type: string;
  [setting: string]: unknown;
}

export interface Step {
  type: string;
  name?: string;
  with?: Settings;
  next?: Record<string, string>;
  at?: [number, number];
}

export type Settings = Record<string, unknown>;

/** A way out of a step, as people read it; a seldom one is drawn only while it leads somewhere. */
export interface Exit {
  name: string;
  label: string;
  is_seldom: boolean;
}

/** The ways out of each step, in their order; the server works them out, because they may depend on settings. */
export type Exits = Record<string, Exit[]>;

/** Where the triggers' card stands among the steps. */
export const START = "·start";

/** One line: it leaves `from` by `exit` (empty: from the triggers) and enters `to`. */
export interface Line {
  from: string;
  exit: string;
  to: string;
}

/** Every line whose end is there, in the order of the exits that people see. */
export function linesOf(flow: FlowDocument, exits: Exits): Line[] {
  const lines: Line[] = [];
  if (flow.start && flow.steps[flow.start]) lines.push({ from: START, exit: "", to: flow.start });
  for (const [id, step] of Object.entries(flow.steps))
    for (const exit of exitNames(id, step, exits)) {
      const to = step.next?.[exit];
      if (to && flow.steps[to]) lines.push({ from: id, exit, to });
    }
  return lines;
}

/** A step's ways out: those that the server knows, then any that are drawn besides. */
export function exitNames(id: string, step: Step, exits: Exits): string[] {
  const known = (exits[id] ?? []).map((exit) => exit.name);
  return [...known, ...Object.keys(step.next ?? {}).filter((name) => !known.includes(name))];
}

/** A key that no step has yet, such as `branch` or `branch_2`. */
export function freeKey(flow: FlowDocument, wanted: string): string {
  if (!(wanted in flow.steps)) return wanted;
  for (let number = 2; ; number++) if (!(`${wanted}_${number}` in flow.steps)) return `${wanted}_${number}`;
}

/** The keys in the order of the flow: depth first from the start, then what nothing leads to. */
export function inFlowOrder(flow: FlowDocument, exits: Exits): string[] {
  const seen = new Set<string>();
  const visit = (id: string) => {
    const step = flow.steps[id];
    if (!step || seen.has(id)) return;
    seen.add(id);
    for (const exit of exitNames(id, step, exits)) visit(step.next?.[exit] ?? "");
  };
  visit(flow.start ?? "");
  for (const id of Object.keys(flow.steps)) visit(id);
  return [...seen];
}
