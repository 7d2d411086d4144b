// A manager who does not write code: from no flow at all to one that is live and takes a call, in few actions and without a drag.
// node e2e/first_flow.mjs LINK FOLDER CALL...   CALL is a command that places one call, prints what came of it, and ends
//
// Each click, each text that is typed and each key that is pressed is one action; `actions` in the line of JSON lists them.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { begin, card, enter, saved } from "./visit.mjs";

const [link, folder, ...call] = process.argv.slice(2);
const { page, seen, look, end } = await begin(folder);
seen.actions = [];
seen.calls = [];

const act = (what) => seen.actions.push(what);
async function click(what, one) {
  act(`click ${what}`);
  await one.click();
}
async function type(what, one, text) {
  act(`type ${text} into ${what}`);
  await one.focus(); // what was there is marked by it
  await page.keyboard.type(text);
}
/** A native list: one click opens it, one chooses. */
async function choose(what, one, label) {
  act(`click ${what}`);
  act(`click ${label}`);
  await one.selectOption({ label });
}
async function place() {
  const { stdout } = await promisify(execFile)(call[0], call.slice(1));
  seen.calls.push(stdout);
}
const button = (name) => page.getByRole("button", { name, exact: true });
const option = (name) => page.getByRole("option", { name }).first();
const palette = page.getByRole("complementary", { name: "Steps to add" });
const step = (name) => palette.getByRole("button", { name, exact: true });
const path = (number) => page.getByRole("region", { name: new RegExp(`^Path ${number}:`) });

/** A step where a way out leads nowhere yet. */
async function add(name, exit) {
  await click(`+ below ${exit}`, button(`Add a step after: ${exit}`));
  await click(name, option(name));
}

await enter(page, link);
await click("New flow", button("New flow"));
await type("Name", page.getByLabel("Name"), "Loyalty line");
await click("Empty", page.getByRole("radio", { name: /^Empty/ }));
await click("Begin", button("Begin"));

await click("Add another way to start", button("Add another way to start"));
await click("Incoming call", page.getByRole("menuitem", { name: "Incoming call" }));
await click("+31201234567", page.getByRole("checkbox", { name: /\+31201234567/ }));

await click("Fetch variables", step("Fetch variables"));
await click("Where to look", page.getByRole("combobox", { name: "Where to look" }));
await click("loyalty", option("loyalty"));
await type("Path", page.getByLabel("Path", { exact: true }), "/customers/{{ contact.phone }}");
await type("Look up this number", page.getByLabel("Look up this number"), "+31622222222");
await click("Send test request", button("Send test request"));
await click("loyalty_status", page.getByRole("button", { name: /^Keep \/loyalty_status/ }));
seen.told = await page.locator(".trial-told").innerText();

await click("Branch", step("Branch"));
await card(page, "Branch").waitFor();
await type("Name of path 1", page.getByLabel("Name of path 1"), "Gold & platinum");
await type("the values of path 1", path(1).getByRole("combobox", { name: "Condition 1: value" }), "gold,platinum,");
await click("Add path", button("Add path"));
await type("Name of path 2", page.getByLabel("Name of path 2"), "Silver");
await type("the value of path 2", path(2).getByRole("combobox", { name: "Condition 1: value" }), "silver,");
await look("branch");

await add("Forward call", "Gold & platinum");
await type("Target 1", page.getByRole("textbox", { name: "Targets, in order 1" }), process.env.VIP);
await add("Add to queue", "Silver");
await click("Queue", page.getByRole("combobox", { name: "Queue", exact: true }));
await click("vip", option("vip"));
await add("Forward call", "Everyone else");
await type("Target 1", page.getByRole("textbox", { name: "Targets, in order 1" }), process.env.GENERAL);
await saved(page);
await click("the queue", card(page, "Add to queue"));
await choose("Overflowed", page.getByLabel("Overflowed"), "Forward call (forward_call_2)");
await look("drawn");
seen.problems = await page.locator(".card-problem").evaluateAll((all) => all.map((one) => one.title));

await click("Publish", button("Publish"));
await click("Publish now", button("Publish now"));
await page.getByText("v1 is live now.").waitFor();
seen.toPublish = seen.actions.length;
await place();

// The call is on the lines it went by, and in the run log.
await page.getByText("Live", { exact: true }).click();
const pill = page.locator(".pill");
await pill.first().waitFor();
const counted = await pill.evaluateAll((all) => all.map((one) => [one.title.split(": ")[1], one.firstChild.textContent]));
seen.counted = Object.fromEntries(counted);
await look("live");
await page.getByRole("link", { name: "Run log" }).click();
const row = page.locator("tbody tr").first();
seen.row = await row.innerText();
await row.getByRole("link").first().click();
await page.locator(".marked-order").first().waitFor();
seen.lit = await page.locator(".line-lit").count();
await look("run");

// A second version sends gold to the general line; rolled back, the first one is as it was.
await page.getByRole("link", { name: "Flows" }).first().click();
await page.getByRole("link", { name: /Loyalty line/ }).click();
await card(page, process.env.VIP).click();
await page.getByRole("textbox", { name: "Targets, in order 1" }).fill(process.env.GENERAL);
await saved(page);
await button("Publish").click();
await button("Publish now").click();
await page.getByText("v2 is live now.").waitFor();
await place();
await button("Versions").click();
await button("Roll back to this version").click();
await page.getByText("v1 is live again.").waitFor();
await look("versions");
await place();
await end();
