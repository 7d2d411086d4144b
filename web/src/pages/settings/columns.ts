import type { Field } from "../../api/pieces";
import { isObject } from "../../fields/settle";
import type { Section } from "./sections";

/** What is worth seeing of an entry besides its name; sections that are not named here show their first fields. */
const WORTH_SEEING: Record<string, readonly string[]> = {
  tiers: ["target", "max_wait"],
  trunks: ["hosts", "server"],
  numbers: ["name", "trunk"],
  sources: ["type"],
  tables: ["key", "columns", "rows"],
  hours: ["zone", "holidays"],
  queues: ["policy", "wrap_up", "overflow"],
  skills: [],
  agents: ["queues", "skills"],
  channels: ["type"],
};
const FIRST = 3;

/** The columns of a section's table, its name left out. */
export function columnsOf(section: Section): Field[] {
  const wanted = WORTH_SEEING[section.section];
  const others = section.fields.filter((field) => field.name !== section.key);
  return wanted ? others.filter((field) => wanted.includes(field.name)) : others.slice(0, FIRST);
}

/** What a cell shows of a value: words, each on a chip where they are several; a number of rows; or nothing. */
export type Shown = { text: string; isUsual: boolean } | { chips: string[] } | { count: number } | null;

/** What a table shows of a field's value. Where nothing is written, what holds then is shown. */
export function shownOf(field: Field, value: unknown): Shown {
  const now = value ?? field.default;
  if (field.kind === "table_rows") return { count: Array.isArray(now) ? now.length : 0 };
  if (Array.isArray(now)) return { chips: now.map(String) };
  if (field.kind === "object") return isObject(now) ? { chips: Object.values(now).filter((one) => typeof one !== "boolean").map(String) } : null;
  if (isObject(now)) return { chips: Object.entries(now).map(([name, one]) => (typeof one === "number" ? `${name} ${one}` : name)) };
  if (now === undefined || now === null || now === "") return null;
  return { text: String(now), isUsual: value === undefined };
}
