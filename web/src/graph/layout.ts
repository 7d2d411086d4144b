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
 * Each step hangs below the one that is farthest from the start among those that lead to it; what leads back is left
 * out. Subtrees are packed side by side along their outlines, as close as `GAP_ACROSS`, with the parent above the
 * middle of its children. Libraries that save crossings put the first path wherever that helps; people want it first.
 */
export function arrange(flow: FlowDocument, exits: Exits, sizeOf: (key: string) => Size): Map<string, Point> {
  const children = treeOf(flow, exits);
  const depth = depthsOf(children);
  const tops = topsOf(depth, sizeOf);
  const placed = new Map<string, Point>();
  let left = 0;
  for (const root of rootsOf(flow, children)) {
    const block = pack(root, children, sizeOf);
    const shift = left - Math.min(...block.at.values());
    for (const [key, x] of block.at) placed.set(key, { x: x + shift, y: tops[depth.get(key) ?? 0] ?? 0 });
    left = Math.max(...[...block.at].map(([key, x]) => x + shift + sizeOf(key).width)) + 2 * GAP_ACROSS;
  }
  return placed;
}

type Tree = Map<string, string[]>;

/** Whom each step hangs below: of all that lead to it, the one that is reached last on the longest way. */
function treeOf(flow: FlowDocument, exits: Exits): Tree {
  const leads = new Map<string, string[]>([[START, flow.start && flow.steps[flow.start] ? [flow.start] : []]]);
  for (const [key, step] of Object.entries(flow.steps)) {
    const next = exitNames(key, step, exits).map((exit) => step.next?.[exit] ?? "");
    leads.set(key, [...new Set(next.filter((to) => to in flow.steps))]);
  }
  const order = topological(leads);
  const rank = new Map<string, number>(order.map((key) => [key, 0]));
  const parent = new Map<string, string>();
  const place = new Map(order.map((key, position) => [key, position]));
  for (const key of order)
    for (const to of leads.get(key) ?? []) {
      if ((place.get(to) ?? 0) <= (place.get(key) ?? 0)) continue; // it leads back
      const below = (rank.get(key) ?? 0) + 1;
      if (below > (rank.get(to) ?? 0)) {
        rank.set(to, below);
        parent.set(to, key);
      }
    }
  const children: Tree = new Map(order.map((key) => [key, []]));
  for (const key of order)
    for (const to of leads.get(key) ?? []) if (parent.get(to) === key) children.get(key)?.push(to);
  return children;
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

function rootsOf(flow: FlowDocument, children: Tree): string[] {
  const hanging = new Set([...children.values()].flat());
  return [START, ...Object.keys(flow.steps).filter((key) => !hanging.has(key))];
}

function depthsOf(children: Tree): Map<string, number> {
  const hanging = new Set([...children.values()].flat());
  const depth = new Map<string, number>();
  const next = [...children.keys()].filter((key) => !hanging.has(key)).map((key): [string, number] => [key, 0]);
  for (let entry = next.pop(); entry; entry = next.pop()) {
    depth.set(...entry);
    for (const child of children.get(entry[0]) ?? []) next.push([child, entry[1] + 1]);
  }
  return depth;
}

/** Where each row begins: below the tallest card of the row above. */
function topsOf(depth: Map<string, number>, sizeOf: (key: string) => Size): number[] {
  const heights: number[] = [];
  for (const [key, row] of depth) heights[row] = Math.max(heights[row] ?? 0, sizeOf(key).height);
  const tops: number[] = [0];
  heights.forEach((height, row) => {
    tops[row + 1] = (tops[row] ?? 0) + height + GAP_DOWN;
  });
  return tops;
}

/** A subtree: the left edge of each card, and how far it reaches to both sides in each row from its own on. */
interface Block {
  at: Map<string, number>;
  left: number[];
  right: number[];
}

function pack(root: string, children: Tree, sizeOf: (key: string) => Size): Block {
  const below = inDepthOrder(root, children);
  const blocks = new Map<string, Block>();
  for (const key of below) {
    const inner = (children.get(key) ?? []).map((child) => blocks.get(child) as Block);
    blocks.set(key, above(key, sizeOf(key).width, sideBySide(inner), children, sizeOf));
    for (const child of children.get(key) ?? []) blocks.delete(child);
  }
  return blocks.get(root) ?? { at: new Map(), left: [], right: [] };
}

/** Children before their parents, so that no depth of a flow is too deep to be drawn. */
function inDepthOrder(root: string, children: Tree): string[] {
  const order: string[] = [];
  const next = [root];
  for (let key = next.pop(); key !== undefined; key = next.pop()) {
    order.push(key);
    next.push(...(children.get(key) ?? []));
  }
  return order.reverse();
}

function sideBySide(blocks: Block[]): Block {
  const whole: Block = { at: new Map(), left: [], right: [] };
  for (const block of blocks) {
    const clashes = block.left.map((left, row) => (row < whole.right.length ? (whole.right[row] ?? 0) + GAP_ACROSS - left : 0));
    const shift = whole.right.length ? Math.max(...clashes) : 0;
    for (const [key, x] of block.at) whole.at.set(key, x + shift);
    block.right.forEach((right, row) => (whole.right[row] = right + shift));
    block.left.forEach((left, row) => (whole.left[row] ??= left + shift));
  }
  return whole;
}

function above(key: string, width: number, below: Block, children: Tree, sizeOf: (key: string) => Size): Block {
  const own = children.get(key) ?? [];
  const centres = own.map((child) => (below.at.get(child) ?? 0) + sizeOf(child).width / 2);
  const middle = centres.length ? ((centres[0] ?? 0) + (centres[centres.length - 1] ?? 0)) / 2 : width / 2;
  below.at.set(key, middle - width / 2);
  return { at: below.at, left: [middle - width / 2, ...below.left], right: [middle + width / 2, ...below.right] };
}
