import { expect, test, vi } from "vitest";

vi.stubGlobal("document", { baseURI: "http://localhost/" }); // the API's client asks the page where it is
const { isMissing } = await import("./missing");

test("a part of the app that did not come is told from a page that broke, in the words of each browser", () => {
  const missing = ["Failed to fetch dynamically imported module: http://x/a.js", "error loading dynamically imported module: a.js", "Importing a module script failed.", "Unable to preload CSS for /a.css"];
  expect(missing.map(isMissing)).toEqual([true, true, true, true]);
  expect(isMissing("may is not defined")).toBe(false);
});
