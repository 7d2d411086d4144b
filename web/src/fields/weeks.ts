/** The days of a week as hours are written, Monday first. */
export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type DayOfWeek = (typeof DAYS)[number];
export type Week = Record<DayOfWeek, string[]>;

/** The spans of each day; a day may be written alone or in a range such as `monday-friday`, and the later one holds.
 *  null: something stands there that is no week. */
export function readWeek(written: unknown): Week | null {
  const week = Object.fromEntries(DAYS.map((day) => [day, [] as string[]])) as Week;
  if (written === undefined || written === null) return week;
  if (typeof written !== "object" || Array.isArray(written)) return null;
  for (const [days, spans] of Object.entries(written)) {
    const meant = daysOf(days);
    if (!meant || !Array.isArray(spans)) return null;
    for (const day of meant) week[day] = spans.map(String);
  }
  return week;
}

/** A week as it is written: days that are closed are left out. */
export function writeWeek(week: Week): Record<string, string[]> | undefined {
  const open = DAYS.filter((day) => week[day].length > 0);
  return open.length > 0 ? Object.fromEntries(open.map((day) => [day, week[day]])) : undefined;
}

function daysOf(written: string): DayOfWeek[] | null {
  const [first, last, ...more] = written.trim().toLowerCase().split("-");
  const begin = DAYS.indexOf(first as DayOfWeek);
  const end = last === undefined ? begin : DAYS.indexOf(last as DayOfWeek);
  if (begin < 0 || end < 0 || more.length > 0) return null;
  return begin <= end ? DAYS.slice(begin, end + 1) : [...DAYS.slice(begin), ...DAYS.slice(0, end + 1)];
}

/** Where a span begins and ends, as they are written; an unfinished one is kept as far as it goes. */
export function readSpan(span: string): [string, string] {
  const [from = "", ...to] = span.split("-");
  return [from.trim(), to.join("-").trim()];
}

export function writeSpan(from: string, to: string): string {
  return `${from.trim()}-${to.trim()}`;
}

/** What a day of the week is called in `language`. */
export function dayInWords(day: DayOfWeek, language: string): string {
  const monday = Date.UTC(2024, 0, 1);
  return new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(monday + DAYS.indexOf(day) * 86_400_000);
}
