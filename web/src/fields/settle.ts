/** Bring a value in a draft to `wanted` while touching only what differs, so that two people who change different parts
 *  of one setting do not take back each other's work. Lists of another length, and maps whose order changes, are replaced
 *  whole. */
export function settle(holder: Record<string | number, unknown>, key: string | number, wanted: unknown): void {
  const now = holder[key];
  if (same(now, wanted)) return;
  if (isObject(now) && isObject(wanted) && keepsOrder(now, wanted)) {
    for (const name of Object.keys(now)) if (!(name in wanted)) delete now[name];
    for (const [name, value] of Object.entries(wanted)) settle(now, name, value);
  } else if (Array.isArray(now) && Array.isArray(wanted) && now.length === wanted.length) {
    for (const [place, value] of wanted.entries()) settle(now as unknown as Record<number, unknown>, place, value);
  } else holder[key] = wanted;
}

/** Whether taking names out and putting new ones at the end gives the order that is wanted; it counts in some maps. */
function keepsOrder(now: object, wanted: object): boolean {
  const stays = Object.keys(now).filter((name) => name in wanted);
  return stays.every((name, place) => Object.keys(wanted)[place] === name);
}

/** Whether two written values are the same. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, place) => same(value, other[place]));
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && same(one[name], other[name]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list with the one at `from` moved to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, place) => place !== from);
  const one = list[from];
  return one === undefined ? [...list] : [...rest.slice(0, to), one, ...rest.slice(to)];
}

/** A list with the one at `place` replaced. */
export function replaced<T>(list: readonly T[], place: number, one: T): T[] {
  return list.map((other, at) => (at === place ? one : other));
}

/** A list without the one at `place`. */
export function without<T>(list: readonly T[], place: number): T[] {
  return list.filter((_, at) => at !== place);
}
