import { expect, test } from "vitest";
import type { Exits, FlowDocument } from "./document";
import { START } from "./document";
import { arrange, GAP_ACROSS, type Point, type Size } from "./layout";
import { LOYALTY_EXITS, loyaltyFlow } from "./samples";

const size = (key: string): Size => ({ width: key === "tier" ? 408 : 264, height: key === "tier" ? 180 : 90 });

function overlaps(placed: Map<string, Point>, sizeOf: (key: string) => Size): string[] {
  const cards = [...placed].map(([key, at]) => ({ key, ...at, ...sizeOf(key) }));
  return cards.flatMap((one, place) =>
    cards
      .slice(place + 1)
      .filter((other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height)
      .map((other) => `${one.key} lies on ${other.key}`),
  );
}

test("paths stand from left to right as they are written, below their branch", () => {
  const placed = arrange(loyaltyFlow(), LOYALTY_EXITS, size);
  const [vip, silver] = ["to_vip", "to_silver"].map((key) => placed.get(key) as Point);
  expect(vip?.x).toBeLessThan(silver?.x ?? 0);
  expect(vip?.y).toBe(silver?.y);
  expect(overlaps(placed, size)).toEqual([]);
});

test("a step stands below everything that leads to it", () => {
  const placed = arrange(loyaltyFlow(), LOYALTY_EXITS, size);
  expect(placed.get("to_general")?.y).toBeGreaterThan(placed.get("to_vip")?.y ?? 0);
});

test("a parent stands above the middle of its children", () => {
  const flow = loyaltyFlow();
  delete flow.steps.to_vip?.next;
  const placed = arrange(flow, LOYALTY_EXITS, size);
  const middle = (key: string) => (placed.get(key)?.x ?? 0) + size(key).width / 2;
  expect(middle("tier")).toBeCloseTo((middle("to_vip") + middle("to_general")) / 2);
});

test("a circle is drawn, and steps that nothing leads to stand aside", () => {
  const flow = loyaltyFlow();
  flow.steps.to_silver = { type: "wait", next: { done: "look_up" } };
  flow.steps.loose = { type: "say" };
  const placed = arrange(flow, LOYALTY_EXITS, size);
  expect(placed.size).toBe(7);
  expect(overlaps(placed, size)).toEqual([]);
});

test("500 steps lie beside each other without touching, and a chain of 500 below each other", () => {
  for (const width of [1, 3]) {
    const flow: FlowDocument = { format: 1, name: "", triggers: [], start: "s0", steps: {} };
    const exits: Exits = {};
    for (let number = 0; number < 500; number++) {
      const next = Array.from({ length: width }, (_, exit) => number * width + exit + 1).filter((to) => to < 500);
      flow.steps[`s${number}`] = { type: "branch", next: Object.fromEntries(next.map((to, exit) => [`e${exit}`, `s${to}`])) };
      exits[`s${number}`] = next.map((_, exit) => ({ name: `e${exit}`, label: "" }));
    }
    const placed = arrange(flow, exits, size);
    expect(placed.size).toBe(501);
    expect(overlaps(placed, size)).toEqual([]);
  }
});

test("neighbours keep their distance", () => {
  const flow = loyaltyFlow();
  delete flow.steps.to_vip?.next;
  const placed = arrange(flow, LOYALTY_EXITS, size);
  expect((placed.get("to_silver")?.x ?? 0) - (placed.get("to_vip")?.x ?? 0)).toBe(264 + GAP_ACROSS);
  expect(placed.get(START)?.y).toBe(0);
});
