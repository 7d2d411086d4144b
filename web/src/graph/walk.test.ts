import { expect, test } from "vitest";
import { START } from "./document";
import { LOYALTY_EXITS, loyaltyFlow } from "./samples";
import { beside, walkOrder, withAllAfter } from "./walk";

const from = (key: string, direction: "up" | "down" | "left" | "right", flow = loyaltyFlow()) => beside(flow, LOYALTY_EXITS, key, direction);

test("down and up follow the lines, by the first of several", () => {
  expect([from(START, "down"), from("look_up", "down"), from("tier", "down"), from("to_general", "down")]).toEqual([
    "look_up",
    "tier",
    "to_vip",
    null,
  ]);
  expect([from("to_vip", "up"), from("look_up", "up"), from(START, "up")]).toEqual(["tier", START, null]);
});

test("left and right go along what one step leads to, in the order of its ways out", () => {
  expect([from("to_vip", "right"), from("to_silver", "right"), from("to_vip", "left")]).toEqual(["to_silver", "to_general", null]);
});

test("steps that nothing leads to stand beside the start", () => {
  const flow = loyaltyFlow();
  flow.steps.alone = { type: "say" };
  expect([from(START, "right", flow), from("alone", "left", flow)]).toEqual(["alone", START]);
});

test("a loop is walked once", () => {
  const flow = loyaltyFlow();
  flow.steps.to_general = { type: "say", next: { done: "tier" } };
  expect(from("to_general", "down", flow)).toBe("tier");
  expect(from("tier", "up", flow)).toBe("look_up");
  expect(withAllAfter(flow, {}, "to_general")).toEqual(["tier", "to_vip", "to_general", "to_silver"]);
});

test("all that follows a step goes with it, and nothing else", () => {
  expect(withAllAfter(loyaltyFlow(), LOYALTY_EXITS, "to_vip")).toEqual(["to_vip", "to_general"]);
  expect(withAllAfter(loyaltyFlow(), LOYALTY_EXITS, START)).toHaveLength(5);
  expect(walkOrder(loyaltyFlow(), LOYALTY_EXITS)[0]).toBe(START);
});
