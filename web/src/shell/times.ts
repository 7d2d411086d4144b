const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
  ["week", 4.35],
  ["month", 12],
  ["year", Number.POSITIVE_INFINITY],
];

/** How long ago a moment was, in words of `language`. */
export function sinceThen(moment: string, language: string, now = Date.now()): string {
  let away = (Date.parse(moment) - now) / 1000;
  const said = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, most] of STEPS) {
    if (Math.abs(away) < most) return said.format(Math.round(away), unit);
    away /= most;
  }
  return moment;
}

/** A moment as people of `language` write it, to the second; its day only when it is not today's. */
export function atTime(moment: string, language: string, now = new Date()): string {
  const when = new Date(moment);
  const isToday = when.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(language, { dateStyle: isToday ? undefined : "medium", timeStyle: "medium" }).format(when);
}

/** How long something took, in the unit that fits. */
export function spanOf(ms: number, language: string): string {
  const [amount, unit] = ms < 1_000 ? [ms, "millisecond"] : ms < 120_000 ? [ms / 1_000, "second"] : [ms / 60_000, "minute"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

/** How long somebody waits, such as 3:26. */
export function clockOf(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
