const UNITS = [
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

/** Seconds as people say them in `language`: in the largest units that fit, at most two of them. */
export function waitInWords(seconds: number, language: string): string {
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 || (unit === "second" && parts.length === 0)) {
      parts.push(new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(amount));
    }
  }
  return new Intl.ListFormat(language, { type: "unit", style: "short" }).format(parts.slice(0, 2));
}
