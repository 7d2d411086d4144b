import type { components } from "../../../api/schema";
import { type ColumnType, type Grid, namesOf, ownOf, readCell, type Row, shownCell, typeOf } from "./grid";

type Sheet = components["schemas"]["SheetView"];

/** What somebody chose in place of what was guessed of a sheet. */
export interface Choice {
  key: string;
  types: Record<string, ColumnType>;
}

export function queryOf({ key, types }: Choice): { key?: string; column_type?: string[] } {
  const chosen = Object.entries(types).map(([column, type]) => `${column}:${type}`);
  return { ...(key ? { key } : {}), ...(chosen.length > 0 ? { column_type: chosen } : {}) };
}

/** The grid that a sheet is. */
export function gridOfSheet({ key, columns, rows }: Sheet): Grid {
  const others = columns.filter(({ name }) => name !== key).map(({ name, type }) => [name, type as ColumnType]);
  return { key, columns: Object.fromEntries(others), rows: rows as Row[] };
}

/** A grid with the rows of another below its own. The other's key goes under this one's; columns of both are one, by the
 *  type that it has here. A row with a key that is there already takes its place. */
export function added(grid: Grid, more: Grid): Grid {
  const columns = { ...Object.fromEntries(Object.entries(more.columns).filter(([name]) => name !== grid.key)), ...grid.columns };
  const whole: Grid = { ...grid, columns };
  const rows = more.rows.map((row) => {
    const cells = namesOf(more).map((name): [string, unknown] => [name === more.key ? grid.key : name, ownOf(row, name)]);
    const read = cells.map(([name, value]): [string, unknown] => [name, readCell(shownCell(value), typeOf(whole, name))]);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined));
  });
  const keyOf = (row: Row) => shownCell(ownOf(row, grid.key)).trim().toLowerCase();
  const fresh = new Map(rows.filter((row) => keyOf(row) !== "").map((row) => [keyOf(row), row]));
  const known = new Set(grid.rows.map(keyOf));
  const kept = grid.rows.map((row) => ({ ...row, ...fresh.get(keyOf(row)) }));
  return { ...whole, rows: [...kept, ...rows.filter((row) => keyOf(row) === "" || !known.has(keyOf(row)))] };
}
