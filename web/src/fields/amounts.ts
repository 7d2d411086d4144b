/** Beyond this a number is written with an exponent, and not exactly. */
const MOST = 1e12;

/** The number that is typed; undefined: nothing is, null: it is none yet, such as a minus alone. */
export function readAmount(typed: string | number): number | undefined | null {
  if (typed === "") return undefined;
  const amount = Number(typed);
  return Number.isFinite(amount) && Math.abs(amount) <= MOST ? amount : null;
}

/** Keeps larger numbers out of an input of the kit. */
export function isAllowed({ floatValue = 0 }: { floatValue?: number | undefined }): boolean {
  return readAmount(floatValue) !== null;
}
