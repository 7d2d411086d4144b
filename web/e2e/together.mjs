// Two people have one flow open: each sees the other and what they do, and what was done without a line is not lost.
// node e2e/together.mjs LINK LINK   prints one line of JSON: what was seen
import { begin, card, enter, faults, saved } from "./visit.mjs";

const links = process.argv.slice(2, 4);
const { seen, person, end } = await begin(undefined, { isAlone: false });
const rename = (page, name) => page.getByRole("textbox", { name: "Name of the flow" }).fill(name);

async function draw(link) {
  const one = await person({ isOnline: false });
  await enter(one.page, link);
  await one.page.getByRole("link", { name: /Loyalty/ }).click();
  await card(one.page, "How loyal?").waitFor();
  return one;
}

const ana = await draw(links[0]);
const ben = await draw(links[1]);
await ana.page.getByText("ben has this flow open").first().waitFor({ state: "attached" });
await ben.page.getByText("ana has this flow open").first().waitFor({ state: "attached" });

// Where ana is, ben sees; what she does comes to him at once.
await card(ana.page, "How loyal?").click();
await ben.page.getByRole("img", { name: "ana is at this step" }).waitFor();
await ana.page.getByRole("textbox", { name: "Name of the step" }).fill("Which tier?");
await card(ben.page, "Which tier?").waitFor();
seen.violations = await faults(ben.page);

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
await end();
