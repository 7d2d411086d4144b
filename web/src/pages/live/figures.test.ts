import { expect, test } from "vitest";
import { isLate, leftBy, widthFor } from "./figures";
import { isOld } from "./lost";

const traffic = {
  version: 1,
  since: "2026-01-01T00:00:00Z",
  until: null,
  counted_at: "2026-01-01T00:00:01Z",
  runs: 20,
  versions: { 1: 20 },
  steps: { tier: { entered: 20, here: 0, exits: { vip: 5, else: 15 } }, look_up: { entered: 20, here: 0, exits: { found: 20 } } },
};

test("a line is 2 to 11 px wide, and a quarter of the contacts is half of the way", () => {
  expect([widthFor(0, 40), widthFor(10, 40), widthFor(40, 40), widthFor(80, 40), widthFor(0, 0)]).toEqual([2, 6.5, 11, 11, 2]);
});

test("a share is told where contacts took several ways", () => {
  expect(leftBy(traffic, "tier", "vip")).toEqual({ count: 5, share: 0.25 });
  expect(leftBy(traffic, "tier", "silver")).toEqual({ count: 0, share: 0 });
  expect(leftBy(traffic, "look_up", "found")).toEqual({ count: 20, share: null });
  expect(leftBy(null, "tier", "vip")).toEqual({ count: 0, share: null });
});

test("a queue is late when somebody waits longer than the target of their own tier", () => {
  const targets = { gold: 20, standard: 60 };
  expect(isLate([{ tier: "standard", waiting: 1, longest_wait: 45 }], targets)).toBe(false);
  expect(isLate([{ tier: "gold", waiting: 1, longest_wait: 21 }], targets)).toBe(true);
  expect(isLate([{ tier: "gold", waiting: 0, longest_wait: 21 }], targets)).toBe(false);
  expect(isLate([{ tier: "other", waiting: 1, longest_wait: 900 }], targets)).toBe(false);
});

test("figures are old some seconds after the last of them, not while the first are awaited", () => {
  expect([isOld(0, 90_000), isOld(60_000, 61_000), isOld(60_000, 66_000)]).toEqual([false, false, true]);
});
