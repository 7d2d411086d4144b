// A manager opens the link of their invitation, begins a flow, changes it, publishes it, and finds it again.
// node e2e/builder.mjs LINK FOLDER   prints one line of JSON: what was seen
import { begin, card as cardOn, enter, saved as savedOn } from "./visit.mjs";

const [link, folder] = process.argv.slice(2);
const { page, seen, look, end } = await begin(folder);
const card = (name) => cardOn(page, name);
const saved = () => savedOn(page);

await enter(page, link);
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
await end();
