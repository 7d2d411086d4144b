import { exitNames, type Exits, type FlowDocument, inFlowOrder, START } from "./document";

export type Direction = "up" | "down" | "left" | "right";

/** The card beside one: what leads to it, what it leads to first, and what stands beside it. Null: there is none. */
export function beside(flow: FlowDocument, exits: Exits, key: string, direction: Direction): string | null {
  if (direction === "down") return below(flow, exits, key)[0] ?? null;
  const parents = parentsOf(flow, exits);
  const parent = parents.get(key) ?? null;
  if (direction === "up") return parent;
  const row = parent === null ? walkOrder(flow, exits).filter((one) => !parents.has(one)) : below(flow, exits, parent);
  return row[row.indexOf(key) + (direction === "left" ? -1 : 1)] ?? null;
}

/** Every card in the order in which a contact meets them, what starts the flow first. */
export function walkOrder(flow: FlowDocument, exits: Exits): string[] {
  return [START, ...inFlowOrder(flow, exits)];
}

/** A step and all that follows it, in the order of the flow. */
export function withAllAfter(flow: FlowDocument, exits: Exits, key: string): string[] {
  const found = new Set<string>();
  const next = [key];
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    if (found.has(one)) continue;
    if (one in flow.steps) found.add(one);
    next.push(...below(flow, exits, one));
  }
  return inFlowOrder(flow, exits).filter((one) => found.has(one));
}

function below(flow: FlowDocument, exits: Exits, key: string): string[] {
  if (key === START) return flow.start && flow.steps[flow.start] ? [flow.start] : [];
  const step = flow.steps[key];
  const led = step ? exitNames(key, step, exits).map((exit) => step.next?.[exit] ?? "") : [];
  return [...new Set(led.filter((to) => to in flow.steps && to !== key))];
}

/** Which card leads to each, the first in the order of the flow. */
function parentsOf(flow: FlowDocument, exits: Exits): Map<string, string> {
  const parents = new Map<string, string>();
  for (const one of walkOrder(flow, exits)) for (const to of below(flow, exits, one)) if (!parents.has(to)) parents.set(to, one);
  return parents;
}
