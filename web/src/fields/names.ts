/** Names that are made from what people write: exits of paths and answers, and variables. */

const LONGEST = 40;

/** An exit's name from a title, such as `gold_platinum` from "Gold & platinum"; `otherwise` where no letter is left. */
export function idFrom(title: string, otherwise: string): string {
  const plain = title
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "")
    .slice(0, LONGEST);
  return plain || otherwise;
}

/** A name like `wanted` that none of `taken` has. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number++) {
    const ending = `_${number}`;
    const name = wanted.slice(0, LONGEST - ending.length) + ending;
    if (!taken.includes(name)) return name;
  }
}

/** The variable's name for a place in an answer: `loyalty_status` for `/customer/loyaltyStatus`. */
export function variableFrom(pointer: string): string {
  const parts = pointer.split("/").filter((part) => part && !/^\d+$/.test(part));
  const last = (parts.at(-1) ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
  return idFrom(last.replace(/([a-z0-9])([A-Z])/g, "$1_$2"), "value");
}

/** Whether a name can stand in a map beside others while it is typed: two of one name would be one, and a map puts those
 *  that are numbers first, away from under the hand that types. */
export function fitsBeside(name: string, others: readonly string[]): boolean {
  return !others.includes(name) && !(others.length > 0 && /^\d+$/.test(name));
}
