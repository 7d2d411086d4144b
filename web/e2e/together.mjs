// Two people have one flow open: each sees the other and what they do, and what was done without a line is not lost.
// node e2e/together.mjs LINK LINK   prints one line of JSON: what was seen
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const links = process.argv.slice(2, 4);
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [...QUIET, "--disable-component-update", "--disable-sync"],
});
const seen = { errors: [], violations: [] };

async function enter(link) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => seen.errors.push(error.message));
  await page.goto(link);
  await page.locator("input[type=password]").fill("a-long-walk-by-the-sea");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("link", { name: /Loyalty/ }).click();
  await card(page, "How loyal?").waitFor();
  return { context, page };
}
const card = (page, name) => page.locator(".react-flow__node").filter({ hasText: name });
const saved = (page) => page.getByRole("status").filter({ hasText: /^Saved$/ }).waitFor();
const rename = (page, name) => page.getByRole("textbox", { name: "Name of the flow" }).fill(name);

process.on("uncaughtException", (why) => {
  console.error(why, seen);
  process.exit(1);
});

const ana = await enter(links[0]);
const ben = await enter(links[1]);
await ana.page.getByText("ben has this flow open").first().waitFor({ state: "attached" });
await ben.page.getByText("ana has this flow open").first().waitFor({ state: "attached" });

// Where ana is, ben sees; what she does comes to him at once.
await card(ana.page, "How loyal?").click();
await ben.page.getByRole("img", { name: "ana is at this step" }).waitFor();
await ana.page.getByRole("textbox", { name: "Name of the step" }).fill("Which tier?");
await card(ben.page, "Which tier?").waitFor();
seen.violations = (await new AxeBuilder({ page: ben.page }).analyze()).violations.map((one) => `${one.id} at ${one.nodes.map((node) => node.target)}`);

// Both work while ben has no line; afterwards both have all of it.
await ben.context.setOffline(true);
await rename(ben.page, "Night line");
await ben.page.getByRole("status").filter({ hasText: "cannot be reached" }).waitFor();
await ana.page.getByRole("textbox", { name: "Name of the step" }).fill("Which tier now?");
await saved(ana.page);
await ben.context.setOffline(false);
await card(ben.page, "Which tier now?").waitFor();
await saved(ben.page);
await ana.page.waitForFunction(() => [...document.querySelectorAll(".flow-name input")].some((one) => one.value === "Night line"));
seen.names = [];
for (const { page } of [ana, ben]) {
  await page.reload();
  await card(page, "Which tier now?").waitFor();
  seen.names.push(await page.getByRole("textbox", { name: "Name of the flow" }).inputValue());
}
await ana.page.close();
await ben.page.getByText("ana has this flow open").first().waitFor({ state: "detached" });
console.log(JSON.stringify(seen));
await browser.close();
