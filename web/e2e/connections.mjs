// A manager tests a carrier that answers and one that does not, sets a WhatsApp account up until its first message comes,
// and moves a number from one flow to another.
// node e2e/connections.mjs LINK FOLDER ACCOUNT   prints one line of JSON: what was seen. ACCOUNT is a file with the settings
// of the account, its secrets by name and the first delivery.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { begin, beginEmpty, card, enter, saved } from "./visit.mjs";

const [link, folder, file] = process.argv.slice(2);
const account = JSON.parse(readFileSync(file, "utf8"));
const { page, seen, look, end } = await begin(folder);
await enter(page, link);
const home = new URL(".", page.url()).href;

const verdict = page.locator(".verdict");
await page.goto(`${home}#/settings/trunks/answering`);
await page.getByRole("button", { name: "Test the connection" }).click();
await verdict.waitFor();
seen.answering = await page.locator(".findings li").allInnerTexts();
await page.goto(`${home}#/settings/trunks/silent`);
await page.getByRole("button", { name: "Test the connection" }).click();
await verdict.waitFor();
seen.silent = await page.locator(".findings li").allInnerTexts();
await look("trunk-silent");

await page.goto(`${home}#/settings/channels/~new`);
await page.getByRole("textbox", { name: "Name", exact: true }).fill("whatsapp_line");
await page.locator(".settings-type", { hasText: "Meta" }).click();
await page.getByRole("textbox", { name: "Id of the WhatsApp number" }).fill(account.with.phone_number_id);
const fields = page.locator(".field-secret");
seen.secrets = await fields.count();
for (const [place, name] of ["app_secret", "verify_token", "access_token"].entries()) {
  const field = fields.nth(place);
  await field.getByRole("button", { name: "Set a value" }).click();
  await field.getByLabel("Name of the secret").fill(account.with[name]);
  await field.locator("input[type=password]").fill(account.secrets[account.with[name]]);
  await field.locator("input[type=password]").press("Enter");
  await field.locator("input[type=password]").waitFor({ state: "detached" });
}
await page.getByRole("button", { name: "Save", exact: true }).click();
const light = page.locator(".arrival-light-large");
await light.and(page.locator("[data-light=waiting]")).waitFor();
seen.before = await light.innerText();

seen.address = await page.locator(".hook-address input").inputValue();
const body = JSON.stringify(account.delivery);
const signed = (secret) => ({ "content-type": "application/json", "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` });
seen.refused = (await fetch(seen.address, { method: "POST", body, headers: signed("another secret") })).status;
await page.locator(".findings li").filter({ hasText: "refused" }).waitFor();
seen.taken = (await fetch(seen.address, { method: "POST", body, headers: signed(account.secrets[account.with.app_secret]) })).status;
await light.and(page.locator("[data-light=heard]")).waitFor();
seen.after = await light.innerText();
await look("channel-heard");
await page.goto(`${home}#/settings/channels`);
await page.locator("tbody .arrival-light").first().waitFor();

await page.goto(`${home}#/flows`);
await beginEmpty(page, "Night line");
await page.getByRole("button", { name: "Say", exact: true }).click();
await card(page, "Say").waitFor();
await page.getByRole("textbox", { name: /Text/ }).first().fill("Good evening");
await card(page, "Nothing starts this flow yet").click();
await page.getByRole("button", { name: "Add another way to start" }).click();
await page.getByRole("menuitem", { name: "Incoming call" }).click();
await page.getByRole("button", { name: "Move it here: +31201234567" }).click();
await saved(page);
await look("number-moves");
await page.getByRole("button", { name: "Publish", exact: true }).click();
const sheet = page.getByRole("dialog");
await sheet.getByText(/Takes \+31201234567 over/).waitFor();
seen.told = await sheet.getByText(/Takes \+31201234567 over/).innerText();
await look("publish-moves");
await sheet.getByRole("button", { name: "Publish now" }).click();
await page.getByText("v1 is live now.").waitFor();
await page.goto(`${home}#/settings/numbers`);
await page.getByRole("row").filter({ hasText: "+31201234567" }).getByRole("link", { name: "Night line" }).waitFor();
await end();
