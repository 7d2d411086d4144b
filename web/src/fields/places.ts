const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** Codes that the browser has words for and that are no country (ISO 3166-1: exceptional reservations and the like). */
const NO_COUNTRIES = new Set(["EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA", "AN", "BU", "CS", "DD", "FX", "NT", "SU", "TP", "YD", "YU", "ZR", "DY", "HV", "NH", "RH", "VD", "UK", "CT", "FQ", "JT", "MI", "NQ", "PC", "PU", "PZ", "WK"]);

/** The countries that the browser has a word for in `language`, by their two letters, in the order of their names. */
export function countries(language: string): Record<string, string> {
  const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter((code) => !NO_COUNTRIES.has(code));
  const known = codes.map((code) => [code, names.of(code)] as const).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return Object.fromEntries(known.sort((one, other) => one[1].localeCompare(other[1], language)));
}
