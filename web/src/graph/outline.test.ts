import { expect, test } from "vitest";
import { exitNames, type FlowDocument, START } from "./document";
import { isOpenAtFirst, outlineOf, type Row, rowsAbove, shownRows } from "./outline";
import { LOYALTY_EXITS, loyaltyFlow } from "./samples";

const SELDOM = ["failed", "answered"];
const tree = (flow: FlowDocument) =>
  outlineOf(flow, LOYALTY_EXITS, (key, step) => exitNames(key, step, LOYALTY_EXITS).map((name) => ({ name, isUsual: !SELDOM.includes(name) || name in (step.next ?? {}) })));
const all = () => true;
const told = (rows: readonly Row[]): unknown[] => rows.map((row) => (row.rows.length ? [row.id, told(row.rows)] : row.id));

test("steps stand where a contact meets them first, and each way out says where it leads", () => {
  expect(told(tree(loyaltyFlow()))).toEqual([
    START,
    ["look_up", ["look_up:found", "look_up:not_found", "look_up:failed"]],
    [
      "tier",
      [
        ["tier:vip", [["to_vip", ["to_vip:answered", "to_vip:overflowed", "to_vip:failed"]], ["to_general", ["to_general:answered", "to_general:overflowed", "to_general:failed"]]]],
        ["tier:silver", [["to_silver", ["to_silver:answered", "to_silver:overflowed", "to_silver:failed"]]]],
        "tier:else",
      ],
    ],
  ]);
  const shown = shownRows(tree(loyaltyFlow()), all);
  const to = (id: string) => shown.find((row) => row.id === id)?.to;
  expect([to("tier:else"), to("tier"), to("look_up"), to("to_vip"), to("to_vip:answered"), to(START)]).toEqual(["to_general", null, "tier", "to_general", null, "look_up"]);
});

test("every step has one row, also in a loop and where nothing leads to it", () => {
  const flow = loyaltyFlow();
  flow.steps.to_general = { type: "say", next: { done: "look_up" } };
  flow.steps.second = { type: "say" };
  flow.steps.first = { type: "say", next: { done: "second" } };
  const steps = shownRows(tree(flow), all).filter((row) => row.exit === "");
  expect(steps.map((row) => row.step).sort()).toEqual([START, ...Object.keys(flow.steps)].sort());
  expect(steps.filter((row) => row.isLoose).map((row) => row.step)).toEqual(["first"]);
});

test("a closed row hides what is below it, and rows know their place", () => {
  const rows = tree(loyaltyFlow());
  const shown = shownRows(rows, (row) => row.id !== "tier" && row.id !== "look_up");
  expect(shown.map((row) => [row.id, row.level, row.place, row.count, row.isOpen])).toEqual([
    [START, 1, 1, 3, false],
    ["look_up", 1, 2, 3, false],
    ["tier", 1, 3, 3, false],
  ]);
  expect(rowsAbove(rows, "to_vip")).toEqual(["tier", "tier:vip"]);
  expect([rowsAbove(rows, "look_up"), rowsAbove(rows, "nowhere")]).toEqual([[], null]);
});

test("at first those rows are open below which more steps follow", () => {
  const shown = shownRows(tree(loyaltyFlow()), isOpenAtFirst);
  expect(shown.filter((row) => row.isOpen).map((row) => row.id)).toEqual(["tier", "tier:vip", "tier:silver"]);
});
