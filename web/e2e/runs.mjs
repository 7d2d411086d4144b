// Somebody sees a call wait in Live, follows it into the run log, finds another that is over, and plays that one again as a test.
// node e2e/runs.mjs LINK FOLDER WAITING OVER LEFT   the numbers of a caller who waits, of one who was served, and of one who left word
// Prints one line of JSON: what was seen.
import { begin, card, enter } from "./visit.mjs";

const [link, folder, waiting, over, left] = process.argv.slice(2);
const { page, context, seen, look, end } = await begin(folder);
await enter(page, link);
const base = new URL(".", page.url()).href;
const path = () => new URL(page.url()).hash;

// Live: both calls are counted, and the one that waits stands below its queue.
await page.goto(`${base}#/flows/loyalty/live`);
const waits = card(page, "General queue").locator(".waiting");
await waits.filter({ hasText: "1 waiting" }).waitFor();
seen.counted = await page.getByRole("status").filter({ hasText: "2 contacts" }).count();
seen.pills = await page.locator(".pill").evaluateAll((pills) => pills.map((pill) => pill.firstChild.textContent).sort());
await page.getByRole("button", { name: "Show the latest contacts: Everyone else" }).click();
await page.locator(".latest li").filter({ hasText: waiting }).waitFor();
seen.latest = await page.locator(".latest li").count();
await look("live");
await page.getByLabel("A whole day").fill("2020-01-01");
await page.getByRole("status").filter({ hasText: "0 contacts" }).waitFor();
await page.getByText("Today", { exact: true }).click();
await page.getByRole("status").filter({ hasText: "2 contacts" }).waitFor();

// Its run: the path so far is lit, and the queue says why it waits.
await page.locator(".latest li").filter({ hasText: waiting }).getByRole("link").click();
await page.locator(".marked-order").nth(3).waitFor();
seen.goingOn = { lit: await page.locator(".line-lit").count(), steps: await page.locator(".run-side ol > li").count() };
await page.getByRole("button", { name: /General queue.*is here now/ }).click();
await page.getByRole("region", { name: "Why this wait" }).getByRole("listitem").first().waitFor();
await look("run");

// The run log: what is looked for stands in the address, and comes back with it.
await page.getByRole("link", { name: "Run log" }).first().click();
const rows = page.locator("tbody tr");
await rows.filter({ hasText: "Going on" }).filter({ hasText: "Everyone else → General queue" }).waitFor();
seen.rows = await rows.count();
await look("runs");
await page.getByRole("button", { name: "Outcome" }).click();
await page.getByRole("menuitem", { name: "Answered", exact: true }).click();
await page.getByLabel("Number or name").fill(over.slice(-6));
await page.waitForFunction(() => location.hash.includes("contact="));
await page.reload();
await rows.filter({ hasText: "Platinum → VIP line" }).waitFor();
seen.found = { rows: await rows.count(), address: path() };

// What somebody left: it is heard, from any place on; its run has it too; and it can be deleted.
await page.getByRole("link", { name: "Run log" }).first().click();
await page.getByRole("link", { name: "Voicemails" }).click();
const audio = page.locator("tbody audio");
await rows.filter({ hasText: left }).filter({ hasText: "Closed v1" }).waitFor();
seen.played = { label: await audio.getAttribute("aria-label") };
await audio.evaluate(async (player) => {
  await player.play();
  player.pause();
  player.currentTime = 0.6;
  await new Promise((done) => player.addEventListener("seeked", done, { once: true }));
  await player.play();
});
seen.played.duration = await audio.evaluate((player) => player.duration);
await page.waitForFunction(() => document.querySelector("tbody audio").ended);
seen.played.sought = await audio.evaluate((player) => player.currentTime);
await look("voicemails");
await page.getByLabel("Number or name").fill("nobody at all");
await page.getByText("Nobody left a voicemail that fits.").waitFor();
await page.getByLabel("Number or name").fill(left.slice(-6));
await rows.filter({ hasText: left }).getByRole("link").click();
await page.locator(".run-side audio").waitFor();
seen.atStep = await page.locator(".run-side li").filter({ has: page.locator("audio") }).innerText();
await look("voicemail-run");
await page.goBack();
await page.getByRole("button", { name: `Delete the voicemail of ${left}` }).click();
await look("voicemail-deleting");
await page.getByRole("button", { name: "Delete", exact: true }).click();
await page.getByText("Nobody left a voicemail that fits.").waitFor();
await page.getByRole("link", { name: "All runs" }).click();
await rows.filter({ hasText: "Going on" }).waitFor();
await page.goto(`${base}${seen.found.address}`);
await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);

// A run that is over: one step is the same in the bar, in the list and on the picture.
await rows.first().getByRole("link").click();
await page.locator(".marked-order").nth(2).waitFor();
const bar = page.getByRole("region", { name: "Where the time went" });
await bar.getByRole("button", { name: /How loyal/ }).click();
await page.locator(".run-side li[data-chosen]").filter({ hasText: "How loyal?" }).waitFor();
await page.locator(".marked[data-chosen]").filter({ hasText: "How loyal?" }).waitFor();
seen.input = await page.locator(".run-side li[data-chosen] dl").first().innerText();
await card(page, "Look up customer").click();
await page.locator(".run-side li[data-chosen]").filter({ hasText: "Look up customer" }).waitFor();
seen.pressed = await bar.getByRole("button", { pressed: true }).getAttribute("aria-label");
seen.table = await bar.getByRole("row").count();

// Once more as a test: filled in, played, the same way; and kept.
await page.getByRole("link", { name: "Run this again as a test" }).click();
await page.getByText("The same path as then.").waitFor();
seen.caller = await page.getByLabel("The caller's number").inputValue();
await look("again");
await page.getByLabel("Keep this test as").fill("As it was");
await page.getByRole("button", { name: "Keep", exact: true }).click();
await page.getByRole("button", { name: "Drop the test As it was" }).waitFor();
await page.getByRole("button", { name: "Play all" }).click();
await page.locator(".kept-tests li").filter({ hasText: "As it was" }).getByText("passed", { exact: true }).waitFor();

// With another answer it goes another way, and the panel says from where on.
await page.getByLabel("What loyalty says").selectOption("ok");
await page.getByLabel("Pretend loyalty_status is").fill("gold");
await page.getByRole("button", { name: "Play", exact: true }).click();
await page.getByText("Another path than then").waitFor();
seen.other = (await page.locator(".as-then [role=status]").innerText()).split("\n").filter(Boolean);

// Without a line Live goes grey and says since when.
await page.goto(`${base}#/flows/loyalty/live`);
await page.locator(".pill").first().waitFor();
await context.setOffline(true);
await page.getByText(/Last update \d/).waitFor();
seen.isGrey = await page.locator(".live[data-lost]").count();
seen.errors = seen.errors.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED"));
await end();
