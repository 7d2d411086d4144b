import { bendOf } from "./bends";
import { type Exits, type FlowDocument, linesOf, START } from "./document";
import { arrange, type Point, type Size } from "./layout";

/** A flow in miniature: where its cards stand, and the lines between them as paths of SVG. */
export interface Picture {
  width: number;
  height: number;
  cards: (Point & Size & { key: string })[];
  lines: string[];
}

/** Draw a flow in miniature, laid out as the canvas would; `shown` are the exits that a card shows. */
export function pictureOf(flow: FlowDocument, exits: Exits, sizeOf: (key: string) => Size, shown: (key: string) => string[]): Picture {
  const places = arrange(flow, exits, sizeOf);
  const left = Math.min(...[...places.values()].map(({ x }) => x));
  const cards = [...places].map(([key, { x, y }]) => ({ key, x: x - left, y, ...sizeOf(key) }));
  const at = new Map(cards.map((card) => [card.key, card]));
  const lines = linesOf(flow, exits).map(({ from, exit, to }) => {
    const [start, end] = [at.get(from), at.get(to)];
    if (!start || !end) return "";
    const names = from === START ? [exit] : shown(from);
    const place = (names.indexOf(exit) + 0.5) / Math.max(names.length, 1);
    const [leaves, enters] = [{ x: start.x + start.width * place, y: start.y + start.height }, { x: end.x + end.width / 2, y: end.y }];
    const others = cards.filter((card) => card !== start && card !== end);
    return elbow(leaves, enters, bendOf(leaves, enters, start.x + start.width / 2, others) ?? (leaves.y + enters.y) / 2);
  });
  const width = Math.max(...cards.map((card) => card.x + card.width));
  const height = Math.max(...cards.map((card) => card.y + card.height));
  return { width, height, cards, lines: lines.filter(Boolean) };
}

/** Down, across, down; straight where nothing is to be crossed. */
function elbow(from: Point, to: Point, turn: number): string {
  return `M${Math.round(from.x)} ${from.y}V${Math.round(turn)}H${Math.round(to.x)}V${to.y}`;
}
