import { expect, test } from "vitest";
import type { Grid } from "./grid";
import { added, gridOfSheet, queryOf } from "./sheets";

test("what was chosen is told to the server", () => {
  expect(queryOf({ key: "", types: {} })).toEqual({});
  expect(queryOf({ key: "id", types: { "a:b": "text" } })).toEqual({ key: "id", column_type: ["a:b:text"] });
});

test("a sheet becomes a grid whose key is no other column", () => {
  const columns = [{ name: "tier", type: "text" as const }, { name: "phone", type: "text" as const }];
  const sheet = { key: "phone", columns, rows: [{ phone: "1", tier: "gold" }], problems: [] };
  expect(gridOfSheet(sheet)).toEqual({ key: "phone", columns: { tier: "text" }, rows: [{ phone: "1", tier: "gold" }] });
});

test("rows that are added go below, and renew those of their key", () => {
  const grid: Grid = { key: "phone", columns: { tier: "text", points: "text" }, rows: [{ phone: "a", tier: "gold", points: "1" }] };
  const more: Grid = { key: "number", columns: { points: "number", since: "time" }, rows: [{ number: "A", points: 2 }, { number: "b", since: "2026-01-01" }, { points: 3 }] };
  expect(added(grid, more)).toEqual({
    key: "phone",
    columns: { points: "text", since: "time", tier: "text" },
    rows: [{ phone: "A", tier: "gold", points: "2" }, { phone: "b", since: "2026-01-01" }, { points: "3" }],
  });
});
