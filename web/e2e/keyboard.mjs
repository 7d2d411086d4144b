// A flow is built, published, read as an outline and carried into another one with the keyboard alone: nothing is clicked.
// node e2e/keyboard.mjs LINK FOLDER   prints one line of JSON: what was seen
import { AxeBuilder } from "@axe-core/playwright";
import { begin, card as cardOn, saved } from "./visit.mjs";

const [link, folder] = process.argv.slice(2);
const { page, context, seen, end } = await begin(folder);
await context.grantPermissions(["clipboard-read", "clipboard-write"]);
page.setDefaultTimeout(10_000);
const card = (name) => cardOn(page, name);
const nodes = () => page.locator(".react-flow__node").count();
const type = (text) => page.keyboard.type(text);
const told = (text) => page.locator(".told").filter({ hasText: text }).waitFor({ state: "attached" });

async function press(...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

/** Until what has the focus is called so. */
async function tabTo(name, key = "Tab") {
  for (let presses = 0; presses < 120; presses++) {
    const here = await page.evaluate(() => {
      const at = document.activeElement;
      return at?.getAttribute("aria-label") || at?.labels?.[0]?.textContent || (at === document.body ? "" : at?.textContent) || "";
    });
    if (name.test(here)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab never came to ${name}`);
}

const on = (name) => page.locator(".react-flow__node:focus").filter({ hasText: name }).waitFor();
const inSettings = () => page.locator(".inspector :focus").waitFor();

/** Add a step after the card with the focus, by a way out if that is asked, and be on it. */
async function addAfter(words, name, exit = "") {
  await press("a");
  if (exit) await choose(exit);
  await page.locator("input[aria-label='Search steps']:focus").waitFor();
  await type(words);
  await page.locator("[data-combobox-selected]").filter({ hasText: name }).waitFor();
  await press("Enter");
  await on(name);
}

/** The answer to a question, found by typing. */
async function choose(words) {
  const input = page.locator("[role=dialog] input:focus");
  await input.waitFor();
  await type(words);
  await page.locator("[role=dialog] [data-combobox-selected]").filter({ hasText: words }).waitFor();
  await press("Enter");
}

/** Write into fields of the settings, one after the other, and be back on the card. */
async function settle(fields, name) {
  await press("Enter");
  await inSettings();
  for (const [field, text] of fields) {
    await tabTo(field);
    await press("Control+a");
    await type(text);
    if (text.endsWith(" ")) await press("Enter");
  }
  await page.waitForTimeout(50);
  if (await page.locator(".inspector [aria-expanded=true]:focus").count()) await press("Escape");
  await press("Escape");
  await on(name);
}

/** Down the outline, to the row that begins with a word. */
async function rowTo(word) {
  for (let presses = 0; presses < 60; presses++) {
    if (await page.evaluate((wanted) => document.activeElement.innerText.trim().startsWith(wanted), word)) return;
    await press("ArrowDown");
  }
  throw new Error(`no row says ${word}`);
}
const onRow = (name) => page.locator("[role=treeitem]:focus").filter({ hasText: name }).waitFor();

/** A picture in light and dark, and what axe finds in a part of the page, with nothing that points. */
async function look(name, part, schemes = ["light", "dark"]) {
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.waitForTimeout(150);
    await page.screenshot({ path: `${folder}/${name}-${scheme}.png` });
    seen.shots.push(`${name}-${scheme}.png`);
    const { violations } = await new AxeBuilder({ page }).include(part).analyze();
    for (const one of violations) seen.violations.push(`${name} ${scheme}: ${one.id} at ${one.nodes.map((node) => node.target).join(", ")}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

// In, and to a flow of one's own.
await page.goto(link);
await page.locator("input[type=password]").waitFor();
await tabTo(/password/i);
await type("a-long-walk-by-the-sea");
await press("Enter");
await page.getByRole("heading", { name: "Flows" }).waitFor();
await tabTo(/^New flow$/);
await press("Enter");
await page.getByLabel("Name").waitFor();
await tabTo(/^Name$/);
await type("Night line");
await tabTo(/^Empty/);
await press("Space");
await tabTo(/^Begin$/);
await press("Enter");

// What starts it: a number.
await card("Nothing starts").waitFor();
await page.locator(".skip").waitFor({ state: "attached" }); // the keys come a moment after the drawing
await press("ArrowDown");
await on("Nothing starts");
await press("Enter");
await inSettings();
await tabTo(/^Add another way/);
await press("Enter");
await page.locator("[role=menu]").waitFor();
await press("ArrowDown");
await tabTo(/^Incoming call/, "ArrowDown");
await press("Enter");
await tabTo(/Night desk/);
await press("Space", "Escape");
await on("Incoming call");

// A look-up, a branch with two paths, a queue, two targets.
await addAfter("fetch", "Fetch");
await settle([[/^Source|^Where/, "loyalty"], [/^Path/, "/customers/42"]], "Fetch");
await addAfter("branch", "Branch");
await press("Enter");
await inSettings();
await tabTo(/Name of path 1/);
await press("Control+a");
await type("Gold");
await tabTo(/^Add condition$/);
await press("Enter");
await tabTo(/Condition 1: variable/, "Shift+Tab");
await type("contact.tier");
await tabTo(/Condition 1: value/);
await type("gold");
await tabTo(/^Add path$/);
await press("Enter");
await tabTo(/Name of path 2/, "Shift+Tab");
await press("Control+a");
await type("Silver");
await tabTo(/Condition 1: variable/);
await type("contact.tier");
await tabTo(/Condition 1: value/);
await type("silver");
await press("Escape", "Escape");
await on("Branch");
await addAfter("queue", "Add to queue", "Gold");
await settle([[/^Queue/, "vip"]], "Add to queue");
await press("ArrowUp");
await on("Branch");
await addAfter("forward", "Forward call", "Silver");
await settle([[/^Name of the step/, "Silver desk"]], "Silver desk");
// Everyone else goes to the same desk, by connecting; then back to the queue, beside it.
await press("ArrowUp");
await on("Branch");
await press("c");
await choose("Everyone else");
await choose("Silver desk");
await told("leads to Silver desk now");
await on("Branch");
await look("keyboard-focus", ".react-flow__node:focus");

// What is wrong is told in the outline, and mended there: who overflows goes to the same desk.
await press("o");
await onRow("Branch");
await press("Home");
await rowTo("vip");
await press("ArrowRight");
await rowTo("Overflowed");
await press("c");
await choose("Silver desk");
await onRow("Overflowed");
await rowTo("Silver desk");
await press("Enter");
await inSettings();
await tabTo(/^Targets, in order 1/);
await type("sip:silver@127.0.0.1");
await press("Escape");
await onRow("Silver desk");
await saved(page);
seen.outline = [];
for (await press("Home"); ; await press("ArrowDown")) {
  const row = await page.evaluate(() => {
    const heard = document.activeElement.cloneNode(true);
    for (const hidden of heard.querySelectorAll("[aria-hidden=true]")) hidden.remove();
    return `${document.activeElement.ariaLevel} ${heard.textContent.replace(/\s+/g, " ").trim()}`;
  });
  if (row === seen.outline.at(-1)) break;
  seen.outline.push(row);
}
await look("keyboard-outline", ".outline");
await press("Escape");
await page.locator(".react-flow__node:focus").waitFor();

// Published.
await tabTo(/^Publish$/, "Shift+Tab");
await press("Enter");
await page.getByRole("button", { name: "Publish now" }).waitFor();
await tabTo(/^Publish now$/);
await press("Enter");
await page.getByText("v1 is live now").waitFor();

// A branch with all that follows is carried into another flow, in one gesture.
await press("Escape");
await tabTo(/Skip to the canvas/, "Shift+Tab");
await press("Enter");
await press("Control+f");
await choose("Branch");
await on("Branch");
await press("Shift+End");
await told("3 steps are selected");
await press("Control+c");
await told("3 steps were copied");
await tabTo(/^Flows$/, "Shift+Tab");
await press("Enter");
await tabTo(/Loyalty/);
await press("Enter");
await card("How loyal?").waitFor();
await page.locator(".skip").waitFor({ state: "attached" });
await press("ArrowDown");
await on("Incoming call");
const before = await nodes();
await press("Control+v");
await told("3 steps were pasted");
await card("Silver desk").waitFor();
const after = await nodes();
await press("Control+z");
await card("Silver desk").waitFor({ state: "detached" });
const undone = await nodes();
await press("Control+Shift+z");
await card("Silver desk").waitFor();
seen.carried = [after - before, undone - before, (await nodes()) - before];
await press("Control+z");
await saved(page);

// What is no step is refused, and said so.
await page.evaluate(() => navigator.clipboard.writeText("just words"));
await press("ArrowDown", "Control+v");
await told("is not a step");

// Found by what it asks for; the sheet tells the rest.
await press("Control+f");
await page.locator("[role=dialog] input:focus").waitFor();
await type("loyalty_status");
await page.locator("[data-combobox-selected]").waitFor();
await look("keyboard-find", "[role=dialog]");
await press("ArrowDown", "ArrowUp", "Enter");
await page.locator(".react-flow__node:focus").waitFor();
seen.found = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
await press("?");
await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
await look("keyboard-sheet", "[role=dialog]");
await press("Escape");

// Tests and versions.
await tabTo(/^Versions$/, "Shift+Tab");
await press("Enter");
await page.getByRole("heading", { name: "Versions" }).waitFor();
await tabTo(/^Edit$/, "Shift+Tab");
await press("ArrowRight");
await page.getByRole("heading", { name: "Test this flow" }).waitFor();
await tabTo(/^Play$/);
await press("Enter");
await page.locator(".marked-order").first().waitFor();
seen.played = await page.locator(".marked-order").count();
await end();
