// Somebody opens the run log, follows one contact through the flow, then looks at the flow while contacts go through it.
// node e2e/runs.mjs LINK FOLDER   prints one line of JSON: what was seen
import { begin } from "./visit.mjs";

const [link, folder] = process.argv.slice(2);
const { page, seen, look, end } = await begin(folder);

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
await end();
