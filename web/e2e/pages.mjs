// Every page, in light and dark and five languages, and in one whose words are longer than those of any of them.
// node e2e/pages.mjs LINK FOLDER LANGUAGE...   prints one line of JSON: the pages, and what was wrong on them
//
// `en+axe` has axe look at each page, too, in light and dark. In the other languages each page has one picture, and the forms
// of the settings, which the same code draws, have theirs in `long` alone, a language of long words. `+all` leaves out nothing.
import { begin, enter, faults } from "./visit.mjs";
import { speakLong } from "./long_words.mjs";
import { unreadable } from "./words_cut.mjs";

const BEGINNINGS = ["/flows", "/flows/loyalty/live", "/runs", "/settings"];
/** What is open on a page after these; each is a way to find it that holds in every language. */
const OPENED = [
  { name: "flow-inspector", path: "/flows/loyalty", click: [".react-flow__node[data-id=tier]"] },
  { name: "flow-look-up", path: "/flows/loyalty", click: [".react-flow__node[data-id=look_up]"] },
  { name: "flow-start", path: "/flows/loyalty", click: [".react-flow__node[data-id='·start']"] },
  { name: "flow-test", path: "/flows/loyalty", click: [".top-bar .mantine-SegmentedControl-control:nth-of-type(2) label"] },
  { name: "flow-versions", path: "/flows/loyalty", click: [".top-end [aria-pressed]"] },
  { name: "new-flow", path: "/flows", click: [".page-head .mantine-Button-root[data-variant=filled], .page-head .mantine-Button-root:last-of-type"] },
  { name: "me", path: "/flows", click: [".rail-me"] },
];

const [link, folder, ...languages] = process.argv.slice(2);
const { context, page, seen, end } = await begin(folder);
Object.assign(seen, { pages: [], unreadable: [] });
await enter(page, link);
const root = page.url().split("#")[0];

/** A page's kind: of pages that differ only by what they are about, one is enough. */
const kindOf = (path) =>
  path.startsWith("/settings/")
    ? path.replace(/^(\/settings\/[^/]+)\/(?!~new$).+$/, "$1/:one")
    : path.replace(/[?].*/, "").replace(/^\/(flows|runs)\/(?!voicemails$)[^/]+/, "/$1/:one");

async function at(path) {
  await page.evaluate((to) => { location.hash = to; }, path);
  await settled();
}

let underWay = 0;
page.on("request", () => underWay++);
for (const over of ["requestfinished", "requestfailed"]) page.on(over, () => underWay--);

/** Nothing loads any more, and nothing moves: the browser's own "networkidle" is reached once, and never again. */
async function settled() {
  for (let quiet = 0, looks = 0; quiet < 3 && looks < 100; looks++) {
    const isLoading = underWay > 0 || (await page.locator(".mantine-Loader-root, [aria-busy=true]").count()) > 0;
    quiet = isLoading ? 0 : quiet + 1;
    await page.waitForTimeout(50);
  }
}

/** All pages that links lead to, one of each kind. */
async function walk() {
  const found = new Map(BEGINNINGS.map((path) => [kindOf(path), path]));
  for (const path of found.values()) {
    await at(path);
    const links = await page.locator("a[href^='#/']").evaluateAll((all) => all.map((one) => one.getAttribute("href").slice(1)));
    for (const to of links) if (!found.has(kindOf(to))) found.set(kindOf(to), to);
    const now = decodeURI(new URL(page.url()).hash.slice(1));
    if (now !== path && !found.has(kindOf(now))) found.set(kindOf(now), now);
  }
  return [...found.values()];
}

const nameOf = (path) => kindOf(path).slice(1).replaceAll("/:one", "-one").replaceAll("/", "-");

async function look(name, { language, hasAxe, schemes }) {
  for (const found of await page.evaluate(unreadable)) seen.unreadable.push(`${language} ${name}: ${found}`);
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.screenshot({ path: `${folder}/${language}-${name}-${scheme}.png` });
    seen.shots.push(`${language}-${name}-${scheme}.png`);
    // In the dark only colours are others.
    const found = hasAxe ? await faults(page, scheme === "dark" ? ["color-contrast"] : []) : [];
    for (const one of found) seen.violations.push(`${language} ${name} ${scheme}: ${one}`);
  }
}

async function speak(language) {
  await page.evaluate((one) => localStorage.setItem("skipline.language", one), language);
  await page.goto(`${root}#/flows`);
  await page.reload();
  await settled();
}

const BOTH = ["light", "dark"];
const ONE = { es: ["light"], pt: ["dark"], zh: ["dark"], id: ["light"], long: ["light"] };

async function visit(language, { hasAxe, isWhole }) {
  await speak(language === "long" ? "es" : language);
  for (const path of seen.pages) {
    const isForm = /^\/settings\/[^/]+\//.test(path);
    if (isForm && !isWhole && !hasAxe && language !== "long") continue;
    await at(path);
    await page.mouse.move(0, 899); // no tooltip is open
    const schemes = isWhole ? BOTH : isForm ? ["light"] : (ONE[language] ?? BOTH);
    await look(nameOf(path), { language, hasAxe, schemes });
  }
  for (const { name, path, click } of OPENED) {
    await at("/nowhere-in-between");
    await at(path);
    for (const one of click) await page.locator(one).first().click();
    await page.mouse.move(0, 899);
    await settled();
    await look(name, { language, hasAxe, schemes: isWhole ? BOTH : (ONE[language] ?? BOTH) });
    await page.keyboard.press("Escape");
  }
}

seen.pages = await walk();
for (const [language, ...more] of languages.map((one) => one.split("+"))) {
  if (language === "long") await speakLong(context);
  await visit(language, { hasAxe: more.includes("axe"), isWhole: more.includes("all") });
}
await end();
