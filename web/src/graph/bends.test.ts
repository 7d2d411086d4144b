import { expect, test } from "vitest";
import { bendOf, type Placed } from "./bends";
import type { Exits, FlowDocument } from "./document";
import { arrange } from "./layout";

const CARD = { width: 264, height: 90 };

test("a line turns soon below its exit", () => {
  expect(bendOf({ x: 0, y: 100 }, { x: 900, y: 400 }, 0, [])).toBe(134);
});

test("a line straight down does not turn, nor one that leads back", () => {
  expect(bendOf({ x: 50, y: 100 }, { x: 51, y: 400 }, 50, [])).toBeNull();
  expect(bendOf({ x: 50, y: 400 }, { x: 300, y: 100 }, 50, [])).toBeNull();
});

test("a line goes around a card that is taller than the one it leaves", () => {
  const taller: Placed = { x: 200, y: 0, width: 264, height: 180 };
  const bend = bendOf({ x: 0, y: 90 }, { x: 900, y: 400 }, 0, [taller]);
  expect(bend).toBeGreaterThan(180);
  expect(bend).toBeLessThan(400);
});

test("what goes farther turns higher, and lines to one card turn together", () => {
  const to = (x: number, from = 0) => bendOf({ x: from, y: 90 }, { x, y: 400 }, 0, []) ?? 0;
  expect(to(600)).toBeLessThan(to(300));
  expect(to(300, -80)).toBe(to(300, 80));
});

test("no line of a chain of fall-backs passes behind a card", () => {
  const { flow, exits } = fallBacks();
  const placed = arrange(flow, exits, () => CARD);
  const cards = [...placed].map(([id, at]) => ({ id, ...at, ...CARD }));
  for (const [from, step] of Object.entries(flow.steps))
    for (const [place, to] of Object.values(step.next ?? {}).entries()) {
      const [above, below] = [placed.get(from) ?? { x: 0, y: 0 }, placed.get(to) ?? { x: 0, y: 0 }];
      const [exit, entry] = [{ x: above.x + (66 * (place + 1)) % 264, y: above.y + 90 }, { x: below.x + 132, y: below.y }];
      const others = cards.filter((card) => card.id !== from && card.id !== to);
      const bend = bendOf(exit, entry, above.x + 132, others) ?? entry.y;
      const isBehind = (card: Placed) =>
        crosses(card, exit.x, exit.y, exit.x, bend) || crosses(card, Math.min(exit.x, entry.x), bend, Math.max(exit.x, entry.x), bend) || crosses(card, entry.x, bend, entry.x, entry.y);
      expect(others.filter(isBehind).map((card) => `${from} to ${to} behind ${card.id}`)).toEqual([]);
    }
});

function crosses(card: Placed, left: number, top: number, right: number, bottom: number): boolean {
  return left < card.x + card.width && right > card.x && top < card.y + card.height && bottom > card.y;
}

/** A branch of three paths, each of which falls back on the next. */
function fallBacks(): { flow: FlowDocument; exits: Exits } {
  const next = { tier: ["vip", "queue", "general"], vip: ["queue", "general", "late"], queue: ["general"], general: ["late"], late: ["message"], message: [] };
  const steps = Object.entries(next).map(([key, to]) => [key, { type: "any", next: Object.fromEntries(to.map((one, place) => [`e${place}`, one])) }] as const);
  const exits = Object.entries(next).map(([key, to]) => [key, to.map((_, place) => ({ name: `e${place}`, label: "", is_seldom: false }))] as const);
  return { flow: { format: 1, name: "", triggers: [], start: "tier", steps: Object.fromEntries(steps) }, exits: Object.fromEntries(exits) };
}
