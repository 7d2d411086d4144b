import { isUnsaved } from "./session";

const KEPT = "skipline.reloaded";
const AGAIN_MS = 60_000;

/** A part of the app did not come: the server has a newer one since, or cannot be reached. With the newer one the page is
 *  loaded anew, unless something on it is not saved, or that was tried just now. */
export function loadMissing(): void {
  window.addEventListener("vite:preloadError", () => {
    if (isUnsaved() || Date.now() - Number(sessionStorage.getItem(KEPT)) < AGAIN_MS) return;
    const anew = () => {
      sessionStorage.setItem(KEPT, String(Date.now()));
      location.reload();
    };
    void fetch(location.href, { cache: "no-store" }).then((answer) => answer.ok && anew(), () => undefined);
  });
}

/** Whether this is how browsers say that a part of the app did not come. */
export function isMissing(why: string): boolean {
  return /dynamically imported module|importing a module script failed|unable to preload/i.test(why);
}
