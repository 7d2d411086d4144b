// A manager sets up a queue and a tier, is told what is wrong beside it, overwrites nobody, deletes nothing that is in use,
// and lets somebody in.
// node e2e/settings.mjs LINK FOLDER READER SUPERVISOR AGENT   prints one line of JSON: what was seen
import { begin, enter, faults } from "./visit.mjs";

const [link, folder, reader, supervisor, agent] = process.argv.slice(2);
const { page, seen, look, end, person } = await begin(folder);
const button = (name) => page.getByRole("button", { name, exact: true });
const place = (name) => page.getByRole("navigation", { name: "Parts of the settings" }).getByRole("link", { name, exact: true });
const told = (text) => page.getByRole("status").filter({ hasText: text }).waitFor();

await enter(page, link);
await page.getByRole("link", { name: "Settings" }).click();
await page.getByRole("rowheader", { name: "vip" }).waitFor();
const user = page.getByRole("row", { name: /^vip/ }).getByRole("link", { name: "Loyalty line" });
await user.waitFor();
seen.users = await user.count();
await look("queues");

// A queue, by the keyboard alone.
await page.getByRole("link", { name: "New queue" }).focus();
await page.keyboard.press("Enter");
await page.getByLabel("Name").focus();
await page.keyboard.type("returns");
await page.getByLabel("Who goes first").focus();
await page.keyboard.type("always the higher tier");
await page.getByLabel("Ring an agent for", { exact: true }).focus();
await page.keyboard.type("20");
await page.keyboard.press("Enter");
await page.getByRole("heading", { name: "returns" }).waitFor();
await told("Saved.");
seen.says = await page.getByText("passes everybody of").textContent();
await look("queue");

// A tier with a name that cannot be one: it is refused beside the field, and kept as it was typed.
await place("Tiers").click();
await page.getByRole("link", { name: "New tier" }).click();
await page.getByLabel("Name").fill("silver plus");
await page.getByLabel("Target answer time", { exact: true }).fill("30");
await button("Save").click();
const wrong = page.locator(".mantine-TextInput-root", { has: page.getByLabel("Name") }).locator(".mantine-TextInput-error");
await wrong.waitFor();
seen.wrong = await wrong.textContent();
await page.getByLabel("Name").fill("silver_plus");
await button("Save").click();
await page.getByRole("heading", { name: "silver_plus" }).waitFor();
await told("Saved.");

// Somebody else changes it meanwhile.
const target = page.getByLabel("Target answer time", { exact: true });
await target.fill("45");
await page.evaluate(async () => {
  const { csrf } = await (await fetch("api/v1/session")).json();
  const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/json" };
  await fetch("api/v1/tiers/silver_plus", { method: "PUT", headers, body: JSON.stringify({ target: "25s" }) });
});
await button("Save").click();
const note = page.getByRole("alert").filter({ hasText: "Somebody else changed this meanwhile" });
seen.meanwhile = await note.getByRole("row", { name: /Target/ }).textContent();
await look("meanwhile");
await button("Save yours over it").click();
await told("Saved.");
seen.over = await target.inputValue();

// Whoever presses twice while the server is slow has saved once.
seen.puts = 0;
await page.route("**/tiers/silver_plus", async (route) => {
  if (route.request().method() === "PUT") seen.puts++;
  await new Promise((later) => setTimeout(later, 200));
  await route.continue().catch(() => {}); // let go meanwhile
});
await target.fill("46");
await page.locator("form.settings-entry").evaluate((form) => (form.requestSubmit(), form.requestSubmit()));
await told("Saved.");
await page.unroute("**/tiers/silver_plus");

// The session ends in the middle: what was written is there for whoever signs in again.
await target.fill("47");
await page.evaluate(async () => {
  const { csrf } = await (await fetch("api/v1/session")).json();
  await fetch("api/v1/session", { method: "DELETE", headers: { "X-CSRF-Token": csrf } });
});
await button("Save").click();
const again = page.getByRole("dialog", { name: "You are signed out" });
await again.getByRole("textbox", { name: "Password" }).fill("a-long-walk-by-the-sea");
await look("signed-out");
await again.getByRole("button", { name: "Sign in" }).click();
await again.waitFor({ state: "hidden" });
seen.back = await target.inputValue();
await button("Save").click();
await told("Saved.");

// What cannot be read is not told to be gone.
await page.route("**/tiers/gold", (route) => route.fulfill({ status: 409, json: { code: "busy", detail: "not now" } }));
await place("Tiers").click();
await page.getByRole("link", { name: "gold", exact: true }).click();
seen.unread = await page.getByRole("alert").locator("p").textContent();
await page.unroute("**/tiers/gold");
await button("Try again").click();
await page.getByRole("heading", { name: "gold" }).waitFor();
await place("Tiers").click();
await page.getByRole("link", { name: "silver_plus" }).click();

// Who leaves with work unsaved is asked.
await target.fill("50");
await place("Skills").click();
await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
await button("Stay").click();
seen.stayed = await target.inputValue();
await button("Discard").click();
seen.discarded = await target.inputValue();

// What a flow names cannot be deleted.
await place("Queues").click();
await page.getByRole("link", { name: "vip", exact: true }).click();
await button("Delete").click();
const asked = page.getByRole("dialog", { name: "Delete Queue vip?" });
await asked.getByRole("button", { name: "Delete" }).click();
await asked.getByRole("alert").waitFor();
seen.refused = await asked.getByRole("alert").getByRole("link").first().textContent();
await look("in-use");
await asked.getByRole("button", { name: "Keep it" }).click();

// A week.
await place("Opening hours").click();
await page.getByRole("link", { name: "New opening hours" }).click();
await page.getByLabel("Name").fill("shop");
await page.getByRole("combobox", { name: "Time zone" }).fill("amster");
await page.getByRole("option", { name: "Europe/Amsterdam" }).click();
await page.getByRole("button", { name: "Add hours: Monday" }).click();
await button("Tuesday to Friday as on Monday").click();
await button("Save").click();
await page.getByRole("heading", { name: "shop" }).waitFor();
seen.friday = await page.getByLabel("Friday 1: until").inputValue();
await look("hours");

// Somebody is let in.
await place("People").click();
await button("Invite somebody").click();
await page.getByLabel("Name").fill("nora");
await page.getByRole("combobox", { name: "Role" }).selectOption("publisher");
await button("Make the link").click();
seen.link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
await button("Done").click();
const invited = page.getByRole("row", { name: /^nora/ }).getByText("invited");
await invited.waitFor();
seen.invited = await invited.count();
await look("people");

await place("My sign-in").click();
await button("Set up codes").click();
await page.getByRole("img", { name: "A square code with the key" }).waitFor();
seen.key = await page.getByRole("textbox", { name: "Key", exact: true }).inputValue();
await look("codes");

// Who may read the workspace and not change it looks at the same form.
const { page: other } = await person();
await enter(other, reader);
await other.getByRole("link", { name: "Settings" }).click();
await other.getByRole("link", { name: "vip", exact: true }).click();
await other.getByText("You may look at this").waitFor();
seen.reads = [await other.getByLabel("Who goes first").isDisabled(), await other.getByRole("button", { name: "Save" }).count()];
seen.places = await other.getByRole("navigation", { name: "Parts of the settings" }).getByRole("link", { name: "People" }).count();

// Who may not draw flows looks at one, and at what each step is set to.
const { page: third } = await person();
await enter(third, supervisor);
await third.getByRole("link", { name: "Loyalty line" }).first().click();
await third.getByText("You may look at this").waitFor();
await third.getByRole("button", { name: "Look up customer" }).click();
seen.looks = await third.getByLabel("Path", { exact: true }).isDisabled();
seen.offered = await third.getByRole("button", { name: /Publish|Undo|Delete|Keep another/ }).count();
seen.modes = await third.getByRole("radio").count();
for (const fault of await faults(third)) seen.violations.push(`looking at a flow: ${fault}`);

// Who answers contacts alone is not sent to pages that are refused.
const { page: fourth } = await person();
await fourth.goto(agent);
await fourth.locator("input[type=password]").fill("a-long-walk-by-the-sea");
await fourth.getByRole("button", { name: "Keep it" }).click();
await fourth.getByText("your contacts come by your phone").waitFor();
await end();
