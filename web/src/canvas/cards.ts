import type { Exits, FlowDocument, Step } from "../graph/document";
import { exitNames, START } from "../graph/document";
import { arrange, type Point, type Size } from "../graph/layout";

const WIDTH = 264;
const ROUTE_WIDTH = 236;
const LEAST_WITH_EXITS = 300;
const PER_EXIT = 136;

/** How wide a card is: as wide as its ways out need. Narrow enough that three queues fit beside each other on a laptop. */
export function widthOf(group: string, exits: number): number {
  if (exits > 1) return Math.max(LEAST_WITH_EXITS, exits * PER_EXIT);
  return group === "route" ? ROUTE_WIDTH : WIDTH;
}

/** The ways out that a card shows: the first, those that lead somewhere, and all others that are not seldom. */
export function shownExits(id: string, step: Step, exits: Exits): string[] {
  const all = exitNames(id, step, exits);
  const drawn = new Set(Object.keys(step.next ?? {}));
  const seldom = new Set((exits[id] ?? []).filter((exit) => exit.is_seldom).map((exit) => exit.name));
  return all.filter((name, place) => place === 0 || drawn.has(name) || !seldom.has(name));
}

/** Whether people placed cards by hand in this flow; then nothing is moved by itself. */
export function isPlacedByHand(flow: FlowDocument): boolean {
  return Object.values(flow.steps).some((step) => step.at !== undefined);
}

/** Where every card stands: where somebody put it, else where the layout does. */
export function placesOf(flow: FlowDocument, exits: Exits, sizeOf: (key: string) => Size): Map<string, Point> {
  const places = arrange(flow, exits, sizeOf);
  for (const [key, step] of Object.entries(flow.steps)) if (step.at) places.set(key, { x: step.at[0], y: step.at[1] });
  const first = flow.start ? flow.steps[flow.start]?.at : undefined;
  if (first && flow.start) {
    const below = { x: first[0] + sizeOf(flow.start).width / 2, y: first[1] };
    const size = sizeOf(START);
    places.set(START, { x: below.x - size.width / 2, y: below.y - size.height - 76 });
  }
  return places;
}
