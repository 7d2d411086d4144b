import { exitNames, type Exits, type FlowDocument, START } from "./document";

export interface Size {
  width: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}

export const GAP_ACROSS = 28;
export const GAP_DOWN = 76;

/**
 * Where each card stands: downwards from the triggers, paths from left to right as they are written.
 *
 * A step's row is below those of all that lead to it; what leads back is left out. Its column is below the step that a
 * contact comes to it from soonest. Subtrees stand side by side, `GAP_ACROSS` apart and with nothing of one below the
 * other, so that lines which pass rows go down between cards and not behind them; the parent is above the middle of its
 * children. Libraries that save crossings put the first path wherever that helps; people want it first.
 */
export function arrange(flow: FlowDocument, exits: Exits, sizeOf: (key: string) => Size): Map<string, Point> {
  const tree = treeOf(flow, exits);
  const tops = topsOf(tree.rows, sizeOf);
  const placed = new Map<string, Point>();
  let left = 0;
  for (const root of tree.roots) {
    const block = pack(root, tree, sizeOf);
    const shift = left - Math.min(...block.at.values());
    for (const [key, x] of block.at) placed.set(key, { x: x + shift, y: tops[tree.rows.get(key) ?? 0] ?? 0 });
    left = Math.max(...[...block.at].map(([key, x]) => x + shift + sizeOf(key).width)) + 2 * GAP_ACROSS;
  }
  return placed;
}

/** Whom each step hangs below, and the row that it stands in. */
interface Tree {
  roots: string[];
  children: Map<string, string[]>;
  rows: Map<string, number>;
}

type Leads = Map<string, string[]>;

function treeOf(flow: FlowDocument, exits: Exits): Tree {
  const leads = leadsOf(flow, exits);
  const order = topological(leads);
  const place = new Map(order.map((key, position) => [key, position]));
  const onward = new Map(order.map((key) => [key, (leads.get(key) ?? []).filter((to) => (place.get(to) ?? 0) > (place.get(key) ?? 0))]));
  const rows = new Map(order.map((key) => [key, 0]));
  for (const key of order) for (const to of onward.get(key) ?? []) rows.set(to, Math.max(rows.get(to) ?? 0, (rows.get(key) ?? 0) + 1));
  const led = new Set([...onward.values()].flat());
  const roots = [START, ...Object.keys(flow.steps).filter((key) => !led.has(key))];
  return { roots, rows, children: childrenOf(roots, onward, rows) };
}

function leadsOf(flow: FlowDocument, exits: Exits): Leads {
  const leads: Leads = new Map([[START, flow.start && flow.steps[flow.start] ? [flow.start] : []]]);
  for (const [key, step] of Object.entries(flow.steps)) {
    const next = exitNames(key, step, exits).map((exit) => step.next?.[exit] ?? "");
    leads.set(key, [...new Set(next.filter((to) => to in flow.steps))]);
  }
  return leads;
}

/** Each step below the one from which it is reached in the fewest steps; of several, below the lowest. */
function childrenOf(roots: readonly string[], onward: Leads, rows: ReadonlyMap<string, number>): Map<string, string[]> {
  const parent = new Map<string, string>();
  const seen = new Set<string>();
  for (const root of roots) {
    for (let level = seen.has(root) ? [] : [root]; level.length; ) {
      for (const key of level) seen.add(key);
      const next = new Set<string>();
      for (const key of level.toSorted((one, other) => (rows.get(other) ?? 0) - (rows.get(one) ?? 0)))
        for (const to of onward.get(key) ?? [])
          if (!seen.has(to) && !next.has(to)) {
            next.add(to);
            parent.set(to, key);
          }
      level = [...next];
    }
  }
  return new Map([...onward].map(([key, next]) => [key, next.filter((to) => parent.get(to) === key)]));
}

/** The steps so that each comes before those it leads to, but for lines that close a circle. */
function topological(leads: Map<string, string[]>): string[] {
  const done: string[] = [];
  const seen = new Set<string>();
  for (const root of leads.keys()) {
    const stack: [string, number][] = [[root, 0]];
    if (seen.has(root)) continue;
    seen.add(root);
    while (stack.length) {
      const top = stack[stack.length - 1] as [string, number];
      const to = leads.get(top[0])?.[top[1]++];
      if (to === undefined) done.push((stack.pop() as [string, number])[0]);
      else if (!seen.has(to)) {
        seen.add(to);
        stack.push([to, 0]);
      }
    }
  }
  return done.reverse();
}

/** Where each row begins: below the tallest card of the row above. */
function topsOf(rows: ReadonlyMap<string, number>, sizeOf: (key: string) => Size): number[] {
  const heights: number[] = [];
  for (const [key, row] of rows) heights[row] = Math.max(heights[row] ?? 0, sizeOf(key).height);
  const tops: number[] = [0];
  heights.forEach((height, row) => {
    tops[row + 1] = (tops[row] ?? 0) + height + GAP_DOWN;
  });
  return tops;
}

/** A subtree: the left edge of each card, and how far it reaches to both sides. */
interface Block {
  at: Map<string, number>;
  left: number;
  right: number;
}

function pack(root: string, { children }: Tree, sizeOf: (key: string) => Size): Block {
  const blocks = new Map<string, Block>();
  for (const key of inDepthOrder(root, children)) {
    const own = children.get(key) ?? [];
    const below = sideBySide(own.map((child) => blocks.get(child) as Block));
    blocks.set(key, above(key, below, own, sizeOf));
    for (const child of own) blocks.delete(child);
  }
  return blocks.get(root) as Block;
}

/** Children before their parents, so that no depth of a flow is too deep to be drawn. */
function inDepthOrder(root: string, children: ReadonlyMap<string, string[]>): string[] {
  const order: string[] = [];
  const next = [root];
  for (let key = next.pop(); key !== undefined; key = next.pop()) {
    order.push(key);
    next.push(...(children.get(key) ?? []));
  }
  return order.reverse();
}

function sideBySide(blocks: readonly Block[]): Map<string, number> {
  const whole = new Map<string, number>();
  let edge = 0;
  for (const block of blocks) {
    for (const [key, x] of block.at) whole.set(key, x + edge - block.left);
    edge += block.right - block.left + GAP_ACROSS;
  }
  return whole;
}

function above(key: string, below: Map<string, number>, own: readonly string[], sizeOf: (key: string) => Size): Block {
  const { width } = sizeOf(key);
  const centres = own.map((child) => (below.get(child) ?? 0) + sizeOf(child).width / 2);
  const middle = centres.length ? ((centres[0] ?? 0) + (centres[centres.length - 1] ?? 0)) / 2 : width / 2;
  below.set(key, middle - width / 2);
  const edges = [...below].map(([card, x]) => [x, x + sizeOf(card).width] as const);
  return { at: below, left: Math.min(...edges.map(([left]) => left)), right: Math.max(...edges.map(([, right]) => right)) };
}
