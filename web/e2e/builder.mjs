// A manager opens the link of their invitation, begins a flow, changes it, publishes it, and finds it again.
// node e2e/builder.mjs LINK FOLDER   prints one line of JSON: what was seen
import { begin, card as cardOn, enter, saved as savedOn } from "./visit.mjs";

const [link, folder] = process.argv.slice(2);
const { page, seen, look, end } = await begin(folder);
const card = (name) => cardOn(page, name);
const saved = () => savedOn(page);

await enter(page, link);
await look("flows");

// The name is enough, and Enter: a press on the button is not needed.
await page.getByRole("button", { name: "New flow" }).click();
await page.getByRole("radio", { name: /^Empty/ }).click();
await page.getByLabel("Name").fill("Night line");
await page.keyboard.press("Enter");
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

// A line is taken away by its button, or by a key once it is selected; its end is led to another card.
const drawn = () => page.locator(".react-flow__edge").evaluateAll((lines) => lines.map((line) => line.getAttribute("aria-label")).sort());
const along = (id, part) =>
  page.locator(`[data-id="${id}"] .react-flow__edge-interaction`).evaluate((path, part) => {
    const [at, { a, d, e, f }] = [path.getPointAtLength(path.getTotalLength() * part), path.getScreenCTM()];
    return [Math.round(at.x * a + e), Math.round(at.y * d + f)];
  }, part);
const undone = async () => {
  await page.keyboard.press("Control+z");
  await page.locator("[data-id='branch:else']").waitFor();
};
seen.lines = [await drawn()];
await page.mouse.move(...(await along("branch:else", 0.7)));
await page.getByRole("button", { name: "Remove this line" }).click();
seen.lines.push(await drawn());
await undone();
await page.mouse.click(...(await along("branch:else", 0.7)));
await page.locator(".line-selected").waitFor();
await page.keyboard.press("Escape");
await page.locator(".line-selected").waitFor({ state: "detached" });
await page.mouse.click(...(await along("branch:else", 0.7)));
await page.locator(".line-selected").waitFor();
await look("line");
await page.keyboard.press("Delete");
seen.lines.push(await drawn());
await undone();
await page.mouse.move(...(await along("·start:", 0.8)));
await page.mouse.down();
const say = await card("Say").boundingBox();
await page.mouse.move(say.x + say.width / 2, say.y + say.height / 2, { steps: 5 });
await page.mouse.up();
seen.lines.push(await drawn());
await undone();

// A line that is let go on the canvas itself asks what it is to lead to.
const board = await page.locator(".react-flow__pane").boundingBox();
await page.locator(".port-out[data-nodeid=branch]").first().hover();
await page.mouse.down();
await page.mouse.move(board.x + 90, board.y + board.height - 90, { steps: 5 });
await page.mouse.up();
await page.getByRole("textbox", { name: "Search steps" }).last().fill("hang");
await page.keyboard.press("Enter");
await card("Hang up").waitFor();
seen.lines.push(await drawn());
await page.getByRole("button", { name: "Undo" }).click();
await card("Hang up").waitFor({ state: "detached" });

await page.getByRole("button", { name: "Undo" }).click();
await card("Branch").waitFor({ state: "detached" });
await saved();
await look("builder");

// Somebody leaves before their work is saved, comes back, and goes on before the server has said what it knows of the flow.
const text = () => page.getByRole("textbox", { name: /Text/ }).first();
await card("Say").click();
await text().fill("Good night");
await page.getByRole("link", { name: "Flows" }).first().click();
await page.route("**/flows/night_line/document", async (asked) => {
  await page.waitForTimeout(1_500);
  await asked.continue();
});
const read = page.waitForResponse(/night_line\/document$/);
await page.getByRole("link", { name: /Night line/ }).click();
await card("Say").click();
seen.kept = [await text().inputValue()];
await text().fill("Good night to you");
await read;
await page.waitForTimeout(300); // what came must have had its time to do harm
seen.kept.push(await text().inputValue());
await saved();
await page.unrouteAll({ behavior: "wait" });

await page.reload();
await card("Say").click();
seen.kept.push(await text().inputValue());
seen.afterReload = await page.locator(".react-flow__node").count();

// Of many cards those in sight alone are drawn, each below the one before it.
await page.getByRole("link", { name: "Flows" }).first().click();
await page.getByRole("link", { name: /Long line/ }).click();
await page.locator(".react-flow__edge").first().waitFor({ state: "attached" });
const tops = await page.locator(".react-flow__node").evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect()).sort((one, other) => one.y - other.y).map(({ y, height }) => [y, y + height]));
seen.many = { drawn: tops.length, overlapping: tops.filter(([top], place) => place > 0 && top < tops[place - 1][1]).length };

await page.getByRole("link", { name: "Flows" }).first().click();
await page.getByRole("link", { name: /Loyalty/ }).click();
await card("Incoming call").waitFor();
await card("How loyal?").click();
await look("inspector");
seen.csp = (await page.request.get(new URL(".", page.url()).href)).headers()["content-security-policy"] ?? "";
await end();
