import type { Entry } from "../../fields/entries";
import { same } from "../../fields/settle";

/** The keys in which two writings of an entry differ, in their order. */
export function differing(one: Entry, other: Entry): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => !same(one[key], other[key]));
}
