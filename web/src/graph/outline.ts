import { type Exits, type FlowDocument, inFlowOrder, START, type Step } from "./document";

/** One row of a flow told as a tree: what starts it, a step, or a way out of a step (`exit`; empty for the others). */
export interface Row {
  id: string;
  step: string;
  exit: string;
  /** Where it leads; null: nowhere yet, or it has several ways out, each with a row of its own. */
  to: string | null;
  /** Nothing leads to this step. */
  isLoose: boolean;
  /** This way out leads nowhere as a rule. */
  isSeldom: boolean;
  rows: Row[];
}

/** A row as it is shown: how deep, which of how many beside it, and the row above it. */
export interface ShownRow extends Row {
  level: number;
  place: number;
  count: number;
  above: string | null;
  isOpen: boolean;
}

/** The ways out of a step, in their order; the usual ones are those that its card shows. */
type WaysOut = (key: string, step: Step) => readonly { name: string; isUsual: boolean }[];

/**
 * A flow as a tree. Steps that follow each other stand one below the other; where the ways out of a step lead to
 * different places, each has a row with what follows by it. Each step stands where a contact meets it first.
 */
export function outlineOf(flow: FlowDocument, exits: Exits, waysOut: WaysOut): Row[] {
  const seen = new Set<string>();
  const rows = [{ ...rowOf(START), to: existing(flow, flow.start) }, ...sequence(flow, flow.start ?? "", seen, waysOut)];
  const left = inFlowOrder(flow, exits).filter((key) => !seen.has(key));
  const led = new Set(left.flatMap((key) => Object.values(flow.steps[key]?.next ?? {})));
  for (const key of [...left.filter((one) => !led.has(one)), ...left]) {
    const [first, ...rest] = sequence(flow, key, seen, waysOut);
    if (first) rows.push({ ...first, isLoose: true }, ...rest);
  }
  return rows;
}

function sequence(flow: FlowDocument, first: string, seen: Set<string>, waysOut: WaysOut): Row[] {
  const rows: Row[] = [];
  for (let key: string | null = first; key !== null && key in flow.steps && !seen.has(key); ) {
    seen.add(key);
    const row: Row = rowOf(key);
    const step: Step = flow.steps[key] ?? { type: "" };
    const ways: Row[] = waysOut(key, step).map(({ name, isUsual }) => ({
      ...rowOf(row.step, name),
      to: existing(flow, step.next?.[name]),
      isSeldom: !isUsual,
    }));
    const ends = new Set(ways.filter((way) => !way.isSeldom).map((way) => way.to));
    row.to = ends.size === 1 ? (ways.find((way) => !way.isSeldom)?.to ?? null) : null;
    rows.push(row);
    if (ways.length > 1) row.rows = ways;
    if (row.to === null) for (const way of ways) way.rows = sequence(flow, way.to ?? "", seen, waysOut);
    key = row.to;
  }
  return rows;
}

function rowOf(step: string, exit = ""): Row {
  return { id: exit ? `${step}:${exit}` : step, step, exit, to: null, isLoose: false, isSeldom: false, rows: [] };
}

function existing(flow: FlowDocument, to: string | null | undefined): string | null {
  return to && to in flow.steps ? to : null;
}

/** The rows that are to be seen, from top to bottom, when those that are not open show nothing below them. */
export function shownRows(rows: readonly Row[], isOpen: (row: Row) => boolean, level = 1, above: string | null = null): ShownRow[] {
  return rows.flatMap((row, place) => {
    const shown: ShownRow = { ...row, level, place: place + 1, count: rows.length, above, isOpen: row.rows.length > 0 && isOpen(row) };
    return [shown, ...(shown.isOpen ? shownRows(row.rows, isOpen, level + 1, row.id) : [])];
  });
}

/** Whether a row is open until somebody closes it: where more follows below it than ways out that lead elsewhere. */
export function isOpenAtFirst(row: Row): boolean {
  return row.exit !== "" || row.rows.some((way) => way.rows.length > 0);
}

/** The rows that must be open for one to be seen; null: there is no such row. */
export function rowsAbove(rows: readonly Row[], id: string): string[] | null {
  for (const row of rows) {
    const inside = row.id === id ? [] : rowsAbove(row.rows, id);
    if (inside) return row.id === id ? [] : [row.id, ...inside];
  }
  return null;
}
