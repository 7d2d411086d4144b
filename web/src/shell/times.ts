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
