/** Do the same thing once at a time: who asks for it again meanwhile, such as by a second click, gets what comes of the first. */
export function once<Given extends unknown[], Made>(work: (...given: Given) => Promise<Made>): (...given: Given) => Promise<Made> {
  const underWay = new Map<string, Promise<Made>>();
  return (...given) => {
    const what = JSON.stringify(given);
    const before = underWay.get(what);
    if (before) return before;
    const made = work(...given).finally(() => underWay.delete(what));
    underWay.set(what, made);
    return made;
  };
}
