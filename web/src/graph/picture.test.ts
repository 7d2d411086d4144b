import { expect, test } from "vitest";
import { linesOf } from "./document";
import { pictureOf } from "./picture";
import { LOYALTY_EXITS, loyaltyFlow } from "./samples";

const SIZE = { width: 200, height: 80 };

test("a picture has every card inside it and a path for every line", () => {
  const flow = loyaltyFlow();
  const shown = (key: string) => Object.keys(flow.steps[key]?.next ?? {});
  const picture = pictureOf(flow, LOYALTY_EXITS, () => SIZE, shown);
  expect(picture.cards).toHaveLength(6);
  for (const card of picture.cards) {
    expect(card.x).toBeGreaterThanOrEqual(0);
    expect(card.x + card.width).toBeLessThanOrEqual(picture.width);
    expect(card.y + card.height).toBeLessThanOrEqual(picture.height);
  }
  expect(picture.lines).toHaveLength(linesOf(flow, LOYALTY_EXITS).length);
});

test("a flow of nothing is the card of what starts it", () => {
  const picture = pictureOf({ format: 1, name: "", triggers: [], start: null, steps: {} }, {}, () => SIZE, () => []);
  expect([picture.width, picture.height, picture.lines]).toEqual([200, 80, []]);
});
