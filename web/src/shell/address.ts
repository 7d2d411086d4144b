import { useCallback, useMemo } from "react";
import { useHashLocation } from "wouter/use-hash-location";

/** The path of an address behind the `#`, without what is asked of the page: `/runs?flow=loyalty` is `/runs`. */
export function useAddress(): [string, typeof go] {
  const [whole] = useHashLocation();
  return [whole.split("?")[0] ?? "/", go];
}
useAddress.hrefs = (href: string) => `#${href}`;

/** Go to another page, or the same with something else asked of it. */
export function go(to: string, { replace = false, state = null }: { replace?: boolean; state?: unknown } = {}): void {
  const url = new URL(location.href);
  const before = url.href;
  url.hash = `/${to.replace(/^#?\/?/, "")}`;
  history[replace ? "replaceState" : "pushState"](state, "", url.href);
  dispatchEvent(new HashChangeEvent("hashchange", { oldURL: before, newURL: url.href }));
}

/** What is asked of the page in its address, and how to ask something else: nothing (`""`) takes it out. */
export function useAsked(): [URLSearchParams, (change: Record<string, string>) => void] {
  const [whole] = useHashLocation();
  const [path = "/", said = ""] = whole.split("?");
  const asked = useMemo(() => new URLSearchParams(said), [said]);
  const ask = useCallback((change: Record<string, string>) => go(addressWith(path, new URLSearchParams(said), change), { replace: true }), [path, said]);
  return [asked, ask];
}

/** An address that asks this besides what it asked before. */
export function addressWith(path: string, asked: URLSearchParams, change: Record<string, string>): string {
  const all = new URLSearchParams(asked);
  for (const [name, value] of Object.entries(change)) {
    if (value) all.set(name, value);
    else all.delete(name);
  }
  return all.size ? `${path}?${all}` : path;
}
