/** Durations as flows write them: `20s`, `2m`, `24h`. */

export const UNITS = ["second", "minute", "hour", "day"] as const;
export type Unit = (typeof UNITS)[number];

export interface Duration {
  amount: number;
  unit: Unit;
}

const SIGNS: Record<string, Unit> = { s: "second", m: "minute", h: "hour", d: "day" };
const SECONDS: Record<Unit, number> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };
const WRITTEN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** What is written, such as `2m`; null when it is no duration. Milliseconds are told in seconds. */
export function readDuration(written: unknown): Duration | null {
  const match = typeof written === "string" ? WRITTEN.exec(written.trim()) : null;
  if (!match) return null;
  const amount = Number(match[1]);
  return match[2] === "ms" ? { amount: amount / 1_000, unit: "second" } : { amount, unit: SIGNS[match[2] ?? ""] ?? "second" };
}

export function writeDuration({ amount, unit }: Duration): string {
  return unit === "second" && !Number.isInteger(amount) ? `${Math.round(amount * 1_000)}ms` : `${amount}${unit[0]}`;
}

export function secondsOf({ amount, unit }: Duration): number {
  return amount * SECONDS[unit];
}

/** A duration as people say it in `language`, such as "2 minutes"; what cannot be read is said as it is. */
export function durationInWords(written: unknown, language: string): string {
  const read = readDuration(written);
  if (!read) return String(written ?? "");
  return new Intl.NumberFormat(language, { style: "unit", unit: read.unit, unitDisplay: "long" }).format(read.amount);
}

/** What a unit is called beside an amount, such as "minutes". */
export function unitInWords(unit: Unit, language: string): string {
  const parts = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).formatToParts(2);
  return parts.find((part) => part.type === "unit")?.value ?? unit;
}
