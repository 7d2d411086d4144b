import { expect, test } from "vitest";
import type { StepNode } from "./StepCard";
import { portsOf } from "./ports";

test("each way out leaves below the middle of its cell, and what leads to a card enters at its middle", () => {
  const exits = ["vip", "else"].map((name) => ({ name, label: name, is_seldom: false }));
  const card: StepNode = { id: "tier", type: "step", position: { x: 0, y: 0 }, data: { step: { type: "branch" }, exits, width: 300 } };
  const middles = portsOf(card, { width: 300, height: 180 }).map(({ id, x, y, width = 0, height = 0 }) => [id, x + width / 2, y + height / 2]);
  expect(middles).toEqual([
    [null, 150, -5],
    ["vip", 75, 185],
    ["else", 225, 185],
  ]);
});
