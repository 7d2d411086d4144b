// Somebody sets a source up while they draw: a connection on a sheet, its secret, a test request, a value kept by a click;
// then the secrets, and a table from a CSV file with a wrong line.
// node e2e/sources.mjs LINK EDITOR COMPANY FOLDER   prints one line of JSON: what was seen
import { begin, beginEmpty, card, enter, saved } from "./visit.mjs";

const [link, editor, company, folder] = process.argv.slice(2);
const { page, person, seen, look, end } = await begin(folder);
const SECRET = "hush-hush-42";
const SHEET = "phone;tier;points\n+31611111111;gold;12\n0612;;9\n0613;silver;many\n0614;;4\n0615;gold;7\n0616;;1\n";

seen.answers = 0;
seen.leaks = [];
page.on("response", async (response) => {
  const said = await response.text().catch(() => "");
  seen.answers += 1;
  if (said.includes(SECRET)) seen.leaks.push(response.url());
});
const at = (place) => page.goto(`${page.url().split("#")[0]}#${place}`);

await enter(page, link);
await beginEmpty(page, "Orders");
await page.getByRole("button", { name: "Fetch variables", exact: true }).click();
await card(page, "Fetch variables").waitFor();

// A new connection, on a sheet over the drawing.
await page.getByRole("button", { name: "New connection" }).click();
const sheet = page.getByRole("dialog");
await sheet.getByRole("radio", { name: /^HTTP and JSON/ }).check();
await sheet.getByRole("textbox", { name: "Name", exact: true }).fill("orders");
await sheet.getByRole("textbox", { name: "Address" }).fill(company);
await sheet.getByRole("combobox", { name: "Sign-in" }).selectOption("bearer");
await sheet.getByRole("button", { name: "Set a value" }).click();
seen.suggested = await sheet.getByRole("textbox", { name: "Name of the secret" }).inputValue();
await sheet.locator("input[type=password]").fill(SECRET);
await sheet.getByRole("button", { name: "Keep it" }).click();
await sheet.getByText(/^Set (now|\d)/).waitFor();
await sheet.getByRole("textbox", { name: "Path" }).fill("/customers/{{ contact.phone }}");
await sheet.getByLabel("Look up this number").fill("+31611111111");
await sheet.getByRole("button", { name: "Send test request" }).click();
await sheet.getByText(/The system is at a private address/).waitFor();
await look("connection");
await sheet.getByRole("button", { name: "Allow private addresses" }).click();
await sheet.getByRole("button", { name: "Send test request" }).click();
await sheet.getByText(/^Answered in/).waitFor();
await sheet.getByRole("button", { name: "Save and choose" }).click();
await sheet.waitFor({ state: "detached" });
seen.chosen = await page.getByRole("combobox", { name: "Where to look" }).inputValue();

// The same request from the step, and a value that is kept by a click.
await page.getByRole("textbox", { name: "Path" }).fill("/customers/{{ contact.phone }}");
await page.getByRole("button", { name: "Send test request" }).click();
await page.getByRole("button", { name: /Keep \/loyalty_status/ }).click();
await saved(page);
const flow = /flows\/([^/?]+)/.exec(page.url())?.[1];
const { document } = await (await page.request.get(new URL(`api/v1/flows/${flow}/document`, page.url().split("#")[0]).href)).json();
seen.step = Object.values(document.steps)[0].with;

await at("/settings/sources/orders");
await page.getByText(/^Set (now|\d)/).waitFor();
await at("/settings/secrets");
seen.secret = (await page.getByRole("row", { name: /orders_key/ }).innerText()).replaceAll(/\s+/g, " ");
await look("secrets");

// A table from a sheet: line 4 has no number where one is expected.
await at("/settings/tables/vip_list");
await page.locator("input[type=file]").setInputFiles({ name: "vips.csv", mimeType: "text/csv", buffer: Buffer.from(SHEET) });
await page.getByText("Line 4").waitFor();
seen.problem = (await page.getByRole("listitem").filter({ hasText: "Line 4" }).innerText()).trim();
await look("sheet");
await page.getByRole("button", { name: "Take 6 rows" }).click();
await page.getByText("1 row has a mistake.").waitFor();
const wrong = page.getByRole("textbox", { name: "points, row 3" });
seen.wrong = await wrong.getAttribute("aria-invalid");
await look("table");
await wrong.fill("3");
await wrong.press("Enter");
await page.getByText("1 row has a mistake.").waitFor({ state: "detached" });
await page.getByRole("button", { name: "Save", exact: true }).click();
await page.getByText(/^Saved\./).waitFor();
seen.csv = await (await page.request.get(new URL("api/v1/tables/vip_list/csv", page.url().split("#")[0]).href)).text();
seen.shown = (await page.content()).includes(SECRET);

// Who only draws chooses among what there is, and looks at the rest.
const { page: other } = await person();
await enter(other, editor);
await other.getByRole("link", { name: "Orders" }).click();
await card(other, "Fetch variables").click();
seen.drawn = await other.getByRole("combobox", { name: "Where to look" }).inputValue();
seen.offered = await other.getByRole("button", { name: "New connection" }).count();
await other.goto(`${other.url().split("#")[0]}#/settings/sources/orders`);
seen.named = await other.getByRole("combobox", { name: "Secret" }).inputValue();
seen.offered += await other.getByRole("button", { name: /a value|the value|Set|Save/ }).count();
await end();
