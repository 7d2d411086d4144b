// What the scripts of this folder share: a browser, people in it, what went wrong on the way, and pictures that axe has looked at.
//
//   import { begin, enter } from "./visit.mjs";
//   const [link, folder] = process.argv.slice(2);
//   const { page, seen, look, end } = await begin(folder);
//   await enter(page, link);   // the link of an invitation; the demo's own link signs in by itself: page.goto(link)
//   await look("flows");       // pictures in light and dark in `folder`, and what axe finds
//   seen.anything = 1;         // whatever else the test wants to know
//   await end();               // prints `seen` as one line of JSON, and closes
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const WINDOW = { viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce" };

/** A browser with one person in it; pictures go to `folder`. A script that fails leaves `failed.png` there. */
export async function begin(folder, { isAlone = true } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...QUIET, "--disable-component-update", "--disable-sync"],
  });
  const seen = { errors: [], violations: [], ...(folder ? { shots: [] } : {}) };
  const person = (options) => arrive(browser, seen, options);
  const visit = { browser, seen, person, ...(isAlone ? await person() : {}) };
  process.on("uncaughtException", async (why) => {
    console.error(why, seen);
    if (folder && visit.page) await visit.page.screenshot({ path: `${folder}/failed.png` }).catch(() => {});
    process.exit(1);
  });
  return {
    ...visit,
    look: (name) => look(visit.page, name, folder, seen),
    end: async () => {
      console.log(JSON.stringify(seen));
      await browser.close();
    },
  };
}

/** One more person, with cookies of their own. `isOnline: false`: they lose their line on purpose, so the console may say so. */
async function arrive(browser, seen, { isOnline = true } = {}) {
  const context = await browser.newContext(WINDOW);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (said) => {
    const isAnswer = said.text().startsWith("Failed to load resource: the server responded with a status of 401");
    if (isOnline && said.type() === "error" && !isAnswer) seen.errors.push(`${said.text()} ${said.location().url}`);
  });
  return { context, page };
}

/** Take an invitation, and be at the list of flows. */
export async function enter(page, link) {
  await page.goto(link);
  await page.locator("input[type=password]").fill("a-long-walk-by-the-sea");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("heading", { name: "Flows" }).waitFor();
}

/** Begin a flow with nothing in it, from the list of flows. */
export async function beginEmpty(page, name) {
  await page.getByRole("button", { name: "New flow" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("radio", { name: /^Empty/ }).click();
  await page.getByRole("button", { name: "Begin" }).click();
  await page.locator(".react-flow__node").first().waitFor();
}

async function look(page, name, folder, seen) {
  await page.mouse.move(700, 880); // no tooltip is open
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.waitForTimeout(150);
    await page.screenshot({ path: `${folder}/${name}-${scheme}.png` });
    seen.shots.push(`${name}-${scheme}.png`);
    for (const found of await faults(page)) seen.violations.push(`${name} ${scheme}: ${found}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** What axe finds on the page as it is, each a sentence; of all its rules, if none are named. */
export async function faults(page, rules = []) {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules.length ? axe.withRules(rules) : axe).analyze();
  return violations.map((one) => `${one.id} at ${one.nodes.map((node) => node.target).join(", ")}`);
}

export const card = (page, name) => page.locator(".react-flow__node").filter({ hasText: name });
export const saved = (page) => page.getByRole("status").filter({ hasText: /^Saved$/ }).waitFor();
