import type { Point, Size } from "./layout";

/** A card where it stands. */
export type Placed = Point & Size;

/** How far below a row lines turn, how far apart those that turn there are at most, and from which distance on. */
const TURN = 34;
const SPREAD = 24;
const FAR = 800;
/** Lines keep this far from cards that are none of theirs. */
const CLEAR = 6;
const LEAST_DOWN = 24;

/** Whether a line turns at all: not when it goes straight down, nor when it leads back. */
export function turns(from: Point, to: Point): boolean {
  return to.y - from.y >= 2 * LEAST_DOWN && Math.abs(from.x - to.x) >= 2;
}

/**
 * How far down a line turns on its way from an exit to a card below, so that it crosses as few other cards as can be: by
 * choice soon below the exit. Null: it does not turn.
 *
 * Lines that leave one card turn one above the other, the farther they go the higher, so that they cross least; those to
 * the same card turn together. `middle` is that of the card they leave.
 */
export function bendOf(from: Point, to: Point, middle: number, others: readonly Placed[]): number | null {
  if (!turns(from, to)) return null;
  const lower = (1 - Math.min(1, Math.abs(to.x - middle) / FAR)) * SPREAD;
  const rows = [from.y, ...others.map((card) => card.y + card.height)].map((bottom) => bottom + TURN + lower);
  const places = [...new Set([...rows, to.y - TURN])].filter((y) => y >= from.y + LEAST_DOWN && y <= to.y - LEAST_DOWN / 2).sort((one, other) => one - other);
  let [best, fewest] = [(from.y + to.y) / 2, Number.POSITIVE_INFINITY];
  for (const turn of places) {
    const crossed = others.filter((card) => isCrossed(card, from, to, turn)).length;
    if (crossed < fewest) [best, fewest] = [turn, crossed];
    if (crossed === 0) break;
  }
  return best;
}

/** Whether a line that goes down, across at `turn` and down again touches a card. */
function isCrossed(card: Placed, from: Point, to: Point, turn: number): boolean {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  return touches(card, from.x, from.y, from.x, turn) || touches(card, left, turn, right, turn) || touches(card, to.x, turn, to.x, to.y);
}

function touches(card: Placed, left: number, top: number, right: number, bottom: number): boolean {
  return left < card.x + card.width + CLEAR && right > card.x - CLEAR && top < card.y + card.height + CLEAR && bottom > card.y - CLEAR;
}
