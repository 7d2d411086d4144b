import { expect, test } from "vitest";
import { addColumn, addRow, gridOf, type Grid, matching, namesOf, ownOf, paste, problemsOf, readCell, removeColumn, removeRow, renameColumn, setCell, setType, shownCell, typeOf, withGrid } from "./grid";

const vips: Grid = {
  key: "phone",
  columns: { tier: "text", points: "number" },
  rows: [{ phone: "+31611111111", tier: "gold", points: 12 }, { phone: "0612" }],
};

test("an entry goes into a grid and comes out as it was", () => {
  const entry = { name: "vips", key: "phone", columns: { tier: "text" }, rows: [{ phone: "1", tier: "gold" }] };
  expect(withGrid(entry, gridOf(entry))).toEqual(entry);
  expect(withGrid({ name: "new" }, gridOf({}))).toEqual({ name: "new", key: "phone" });
});

test("where no columns are named, those of the rows count", () => {
  expect(namesOf(gridOf({ key: "id", rows: [{ id: 1, a: "x" }, { b: true, id: 2 }] }))).toEqual(["id", "a", "b"]);
});

test("a cell is read as its column means it, and what does not fit stays", () => {
  expect(readCell(" 12.5 ", "number")).toBe(12.5);
  expect(readCell("many", "number")).toBe("many");
  expect(readCell("Yes", "boolean")).toBe(true);
  expect(readCell("0612", "text")).toBe("0612");
  expect(readCell("0612", "any")).toBe("0612");
  expect(readCell("a, b", "list")).toEqual(["a", "b"]);
  expect(readCell('["a, b"]', "list")).toEqual(["a, b"]);
  expect(readCell('{"a": 1}', "any")).toEqual({ a: 1 });
  expect(readCell("  ", "text")).toBeUndefined();
});

test("what a cell shows is read as the same value again", () => {
  for (const [value, type] of [[12.5, "number"], [true, "boolean"], [["a", "b"], "list"], [["a, b", " c"], "list"], [{ a: [1] }, "any"], ["x", "text"]] as const)
    expect(readCell(shownCell(value), type), JSON.stringify(value)).toEqual(value);
});

test("mistakes are told by cell: of type, of a key that is missing, and of one that is there twice", () => {
  const grid: Grid = {
    key: "id",
    columns: { n: "number", b: "boolean", at: "time", all: "list" },
    rows: [{ id: "A", n: "many", b: "perhaps", at: "soon", all: "x" }, { n: 1, b: "no", at: "2026-05-01", all: [] }, { id: " a", at: "2026-13-01" }],
  };
  const told = [...problemsOf(grid)].map(([row, cells]) => [row, Object.fromEntries([...cells].map(([column, { wrong }]) => [column, wrong]))]);
  expect(told).toEqual([
    [0, { n: "number", b: "boolean", at: "time", all: "list" }],
    [1, { id: "no_key" }],
    [2, { id: "twice", at: "time" }],
  ]);
  expect(problemsOf(grid).get(2)?.get("id")?.more).toEqual({ row: 1 });
  expect(problemsOf(vips).size).toBe(0);
});

test("cells, rows and columns are changed without touching the others", () => {
  expect(setCell(vips, 1, "points", "7").rows[1]).toEqual({ phone: "0612", points: 7 });
  expect(setCell(vips, 0, "tier", "").rows[0]).toEqual({ phone: "+31611111111", points: 12 });
  expect(addRow(vips).rows).toHaveLength(3);
  expect(removeRow(vips, 0).rows).toEqual([{ phone: "0612" }]);
  expect(namesOf(addColumn(addColumn(vips)))).toEqual(["phone", "tier", "points", "column_3", "column_4"]);
  expect(removeColumn(vips, "tier")).toEqual({ key: "phone", columns: { points: "number" }, rows: [{ phone: "+31611111111", points: 12 }, { phone: "0612" }] });
});

test("a column gets another name in its place, unless one is called so", () => {
  const renamed = renameColumn(vips, "tier", " class ");
  expect(namesOf(renamed)).toEqual(["phone", "class", "points"]);
  expect(renamed.rows[0]).toEqual({ phone: "+31611111111", class: "gold", points: 12 });
  expect(renameColumn(vips, "phone", "number").key).toBe("number");
  expect(renameColumn(vips, "tier", "points")).toBe(vips);
});

test("a column of another type has its cells read anew", () => {
  expect(setType(vips, "points", "text").rows[0]?.points).toBe("12");
  expect(setType(setType(vips, "points", "text"), "points", "number").rows).toEqual(vips.rows);
});

test("a block from a spreadsheet fills cells and adds rows", () => {
  const filled = paste(vips, 1, "tier", "silver\t3\textra\r\nbronze\tx\r\n");
  expect(filled.rows.slice(1)).toEqual([{ phone: "0612", tier: "silver", points: 3 }, { tier: "bronze", points: "x" }]);
});

test("rows are found by what is in them", () => {
  expect(matching(vips, "GOLD")).toEqual([0]);
  expect(matching(vips, "")).toEqual([0, 1]);
});

test("columns and cells may be called like what all objects have", () => {
  const odd = gridOf({ key: "phone", columns: { constructor: "boolean", toString: "text" }, rows: [{ phone: "+31" }] });
  expect(problemsOf(odd).size).toBe(0);
  expect(ownOf(odd.rows[0] ?? {}, "constructor")).toBeUndefined();
  expect(readCell("constructor", "boolean")).toBe("constructor");
  expect(problemsOf(setCell(odd, 0, "constructor", "toString")).get(0)?.get("constructor")?.wrong).toBe("boolean");
  expect(typeOf(gridOf({ key: "phone", columns: { tier: "text" } }), "valueOf")).toBe("any");
});
