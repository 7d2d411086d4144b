// A manager opens the link of their invitation, begins a flow, changes it, publishes it, and finds it again.
// node e2e/builder.mjs LINK FOLDER   prints one line of JSON: what was seen
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

const saved = () => page.getByRole("status").filter({ hasText: /^Saved$/ }).waitFor();
const card = (name) => page.locator(".react-flow__node").filter({ hasText: name });

await page.goto(link);
await page.locator("input[type=password]").fill("a-long-walk-by-the-sea");
await page.getByRole("button", { name: "Keep it" }).click();
await page.getByRole("heading", { name: "Flows" }).waitFor();
await look("flows");

await page.getByRole("button", { name: "New flow" }).click();
await page.getByLabel("Name").fill("Night line");
await page.getByRole("radio", { name: /^Empty/ }).click();
await page.getByRole("button", { name: "Begin" }).click();
await page.locator(".react-flow__node").first().waitFor();

// Everything by buttons: what starts it, one step, another one before it.
await page.getByRole("button", { name: "Say", exact: true }).click();
await card("Say").waitFor();
await page.getByRole("textbox", { name: /Text/ }).first().fill("Good evening");
await page.getByRole("button", { name: "Add a step here" }).first().click();
await page.getByRole("textbox", { name: "Search steps" }).last().fill("branch");
await page.keyboard.press("Enter");
await card("Branch").waitFor();
seen.cards = await page.locator(".react-flow__node").count();
await page.getByRole("button", { name: "Undo" }).click();
await card("Branch").waitFor({ state: "detached" });
await saved();
await look("builder");

await page.reload();
await card("Say").waitFor();
seen.afterReload = await page.locator(".react-flow__node").count();
await page.getByRole("link", { name: "Flows" }).first().click();
await page.getByRole("link", { name: /Loyalty/ }).click();
await card("Incoming call").waitFor();
await card("How loyal?").click();
await look("inspector");
seen.csp = (await page.request.get(new URL(".", page.url()).href)).headers()["content-security-policy"] ?? "";
console.log(JSON.stringify(seen));
await browser.close();
