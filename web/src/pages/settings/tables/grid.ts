import type { Entry } from "../../../fields/entries";
import { readScalar } from "../../../fields/scalars";
import { isObject } from "../../../fields/settle";

/** The rows of a table as a grid: pure changes of its entry. */

export const TYPES = ["text", "number", "boolean", "time", "list", "any"] as const;
export type ColumnType = (typeof TYPES)[number];
export type Row = Record<string, unknown>;

export interface Grid {
  key: string;
  /** The other columns with their types, in their order. */
  columns: Readonly<Record<string, ColumnType>>;
  rows: readonly Row[];
}

/** The key's column where a new table has none yet. */
export const FIRST_KEY = "phone";

/** The grid of an entry. Where it names no columns, those count that its rows have. */
export function gridOf(entry: Entry): Grid {
  const key = typeof entry.key === "string" && entry.key ? entry.key : FIRST_KEY;
  const rows = Array.isArray(entry.rows) ? entry.rows.filter(isObject) : [];
  const written = isObject(entry.columns) ? entry.columns : {};
  const found = Object.keys(written).length > 0 ? Object.keys(written) : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = found.filter((name) => name !== key).map((name) => [name, typeFrom(ownOf(written, name))]);
  return { key, columns: Object.fromEntries(columns), rows };
}

/** The entry with this grid in it. */
export function withGrid(entry: Entry, { key, columns, rows }: Grid): Entry {
  const { columns: _, rows: __, ...rest } = entry;
  return { ...rest, key, ...(Object.keys(columns).length > 0 ? { columns } : {}), ...(rows.length > 0 ? { rows } : {}) };
}

/** What a map says itself: columns may be called like something that all objects have, such as `constructor`. */
export function ownOf<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function typeFrom(written: unknown): ColumnType {
  return TYPES.find((one) => one === written) ?? "any";
}

/** All columns in the order in which they are shown: the key first. */
export function namesOf({ key, columns }: Grid): string[] {
  return [key, ...Object.keys(columns)];
}

export function typeOf({ key, columns }: Grid, column: string): ColumnType {
  return column === key ? "text" : (ownOf(columns, column) ?? "any");
}

const BOOLEANS: Record<string, boolean> = { true: true, yes: true, "1": true, false: false, no: false, "0": false };
const NUMBER = /^[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** What somebody typed into a cell, as its column means it; undefined: nothing. What does not fit stays the text it is. */
export function readCell(typed: string, type: ColumnType): unknown {
  const text = typed.trim();
  if (text === "") return undefined;
  if (type === "number" && NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  if (type === "boolean" && Object.hasOwn(BOOLEANS, text.toLowerCase())) return BOOLEANS[text.toLowerCase()];
  if (type === "list") return listFrom(text);
  if (type === "any") return jsonFrom(text) ?? readScalar(text);
  return text;
}

function listFrom(text: string): unknown {
  const read = jsonFrom(text);
  return Array.isArray(read) ? read : text.split(",").map((part) => part.trim());
}

function jsonFrom(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as a cell shows it. */
export function shownCell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && value.every((one) => typeof one === "string" && !one.includes(",") && one === one.trim() && one !== "")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What is wrong with a cell: the key of its word under `tables.wrong`, and what it tells besides. */
export interface CellProblem {
  wrong: "number" | "boolean" | "time" | "list" | "no_key" | "twice";
  more?: { row: number };
}

/** What is wrong, by row and column; the server reads by the same rules, and has the last word. */
export function problemsOf(grid: Grid): ReadonlyMap<number, ReadonlyMap<string, CellProblem>> {
  const found = new Map<number, Map<string, CellProblem>>();
  const note = (row: number, column: string, problem: CellProblem) => found.set(row, (found.get(row) ?? new Map()).set(column, problem));
  const first = new Map<string, number>();
  const typed = Object.entries(grid.columns);
  for (const [place, row] of grid.rows.entries()) {
    const key = shownCell(ownOf(row, grid.key)).trim().toLowerCase();
    const earlier = first.get(key);
    if (key === "") note(place, grid.key, { wrong: "no_key" });
    else if (earlier !== undefined) note(place, grid.key, { wrong: "twice", more: { row: earlier + 1 } });
    else first.set(key, place);
    for (const [column, type] of typed) {
      const wrong = misfit(ownOf(row, column), type);
      if (wrong) note(place, column, { wrong });
    }
  }
  return found;
}

function misfit(value: unknown, type: ColumnType): CellProblem["wrong"] | null {
  if (value === undefined || value === null || type === "any" || type === "text") return null;
  const text = typeof value === "object" ? null : String(value).trim();
  if (type === "number") return text !== null && typeof value !== "boolean" && NUMBER.test(text) ? null : "number";
  if (type === "boolean") return text !== null && Object.hasOwn(BOOLEANS, text.toLowerCase()) ? null : "boolean";
  if (type === "time") return text !== null && MOMENT.test(text) && !Number.isNaN(Date.parse(text.replace(" ", "T"))) ? null : "time";
  return Array.isArray(value) ? null : "list";
}

export function setCell(grid: Grid, row: number, column: string, typed: string): Grid {
  const value = readCell(typed, typeOf(grid, column));
  return { ...grid, rows: grid.rows.map((one, place) => (place === row ? withCell(one, column, value) : one)) };
}

function withCell(row: Row, column: string, value: unknown): Row {
  const { [column]: _, ...rest } = row;
  return value === undefined ? rest : { ...rest, [column]: value };
}

export function addRow(grid: Grid): Grid {
  return { ...grid, rows: [...grid.rows, {}] };
}

export function removeRow(grid: Grid, row: number): Grid {
  return { ...grid, rows: grid.rows.filter((_, place) => place !== row) };
}

/** One more column, of texts, called like no other. */
export function addColumn(grid: Grid): Grid {
  const names = namesOf(grid);
  let number = names.length;
  while (names.includes(`column_${number}`)) number++;
  return { ...grid, columns: { ...grid.columns, [`column_${number}`]: "text" } };
}

export function removeColumn(grid: Grid, column: string): Grid {
  const { [column]: _, ...columns } = grid.columns;
  return { ...grid, columns, rows: grid.rows.map((row) => withCell(row, column, undefined)) };
}

/** A column called otherwise; as it was when another has that name, or it is none. */
export function renameColumn(grid: Grid, column: string, name: string): Grid {
  const wanted = name.trim();
  if (wanted === column || wanted === "" || namesOf(grid).includes(wanted)) return grid;
  const rename = (one: string) => (one === column ? wanted : one);
  const rows = grid.rows.map((row) => (Object.hasOwn(row, column) ? renamed(row, rename) : row));
  return { key: rename(grid.key), columns: renamed(grid.columns, rename), rows };
}

function renamed<T>(map: Readonly<Record<string, T>>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [rename(name), value]));
}

/** A column of another type: each cell is read anew. */
export function setType(grid: Grid, column: string, type: ColumnType): Grid {
  const rows = grid.rows.map((row) => (Object.hasOwn(row, column) ? withCell(row, column, readCell(shownCell(row[column]), type)) : row));
  return { ...grid, columns: { ...grid.columns, [column]: type }, rows };
}

/** A block of cells as spreadsheets put it on the clipboard, from a cell on; rows are added as needed, columns are not. */
export function paste(grid: Grid, row: number, column: string, block: string): Grid {
  const names = namesOf(grid);
  const from = names.indexOf(column);
  const lines = block.replace(/\r?\n$/, "").split(/\r?\n/);
  const rows = [...grid.rows];
  for (const [down, line] of lines.entries()) {
    let changed = rows[row + down] ?? {};
    for (const [right, cell] of line.split("\t").entries()) {
      const name = names[from + right];
      if (name !== undefined) changed = withCell(changed, name, readCell(cell, typeOf(grid, name)));
    }
    rows[row + down] = changed;
  }
  return { ...grid, rows };
}

/** The places of the rows that hold a text, or all. */
export function matching({ rows }: Grid, wanted: string): number[] {
  const text = wanted.trim().toLowerCase();
  const places = rows.map((_, place) => place);
  if (text === "") return places;
  return places.filter((place) => Object.values(rows[place] ?? {}).some((value) => shownCell(value).toLowerCase().includes(text)));
}
