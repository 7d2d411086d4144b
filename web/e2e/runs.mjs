// Somebody opens the run log, follows one contact through the flow, then looks at the flow while contacts go through it.
// node e2e/runs.mjs LINK FOLDER   prints one line of JSON: what was seen
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [link, folder] = process.argv.slice(2);
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [...QUIET, "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
const page = await context.newPage();
const seen = { errors: [], violations: [], shots: [] };
page.on("pageerror", (error) => seen.errors.push(error.message));
page.on("console", (said) => {
  const isAnswer = said.text().startsWith("Failed to load resource: the server responded with a status of 401");
  if (said.type() === "error" && !isAnswer) seen.errors.push(said.text());
});

async function look(name) {
  await page.mouse.move(700, 880); // no tooltip is open
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.waitForTimeout(150);
    await page.screenshot({ path: `${folder}/${name}-${scheme}.png` });
    seen.shots.push(`${name}-${scheme}.png`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const one of violations) seen.violations.push(`${name} ${scheme}: ${one.id} at ${one.nodes.map((node) => node.target).join(", ")}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

process.on("uncaughtException", async (why) => {
  console.error(why, seen);
  await page.screenshot({ path: `${folder}/failed.png` });
  process.exit(1);
});
page.setDefaultTimeout(10_000);

await page.goto(link);
await page.getByRole("link", { name: "Run log" }).click();
const rows = page.locator("tbody tr");
await rows.first().waitFor();
seen.rows = await rows.count();
await look("runs");

await page.getByLabel("Number or name").fill("+31611111111");
await page.waitForFunction(() => {
  const shown = [...document.querySelectorAll("tbody tr")];
  return shown.length > 0 && shown.every((row) => row.textContent.includes("+31611111111"));
});
seen.found = await rows.count();
await rows.filter({ hasText: "Answered" }).first().getByRole("link").click();
await page.locator(".marked-order").first().waitFor();
seen.lit = await page.locator(".line-lit").count();
seen.steps = await page.locator(".run-side ol > li").count();
await look("run");

await page.goto(`${new URL(".", page.url()).href}#/flows/loyalty`);
await page.getByText("Live", { exact: true }).click();
await page.getByRole("button", { name: /Show the latest contacts/ }).first().waitFor();
await page.locator(".waiting").first().waitFor();
seen.pills = await page.locator(".pill").count();
seen.queues = await page.locator(".waiting").count();
await page.getByRole("button", { name: /Show the latest contacts/ }).first().click();
await page.locator(".latest li").first().waitFor();
seen.latest = await page.locator(".latest li").count();
await look("live");
await page.locator(".latest li a").first().click();
await page.locator(".marked-order").first().waitFor();
console.log(JSON.stringify(seen));
await browser.close();
