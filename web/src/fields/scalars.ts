/** A value as it is meant: a number or a truth value where that is what somebody typed, else the text. A leading zero
 *  or plus makes it a text, so that numbers of telephones stay whole. */
export function readScalar(text: string): string | number | boolean {
  if (text === "true") return true;
  if (text === "false") return false;
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text;
}
