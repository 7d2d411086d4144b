// Somebody opens a flow that came from disk and changes one word; draws one and publishes it; takes a file with mistakes in.
// node e2e/files.mjs LINK FOLDER FILE   prints one line of JSON: what was seen
import { readFile } from "node:fs/promises";
import { begin, card, enter, saved } from "./visit.mjs";

const [link, folder, file] = process.argv.slice(2);
const { page, seen, look, end } = await begin(folder);

const openSheet = async () => {
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("button", { name: "Publish now" }).waitFor();
};
const publish = async () => {
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText(/is live now/).waitFor();
};
const standAt = (name) => card(page, name).evaluate((node) => node.style.transform);
const flows = () => page.getByRole("link", { name: "Flows" }).last().click();

await enter(page, link);

// From disk: every card where its file says, and after one change its comments are where they were.
await page.getByRole("link", { name: /Night line/ }).click();
await card(page, "Good night").waitFor();
await page.waitForFunction(() => document.querySelectorAll(".react-flow__node")[1]?.style.transform.includes("120px, 40px"));
seen.at = [await standAt("Good night"), await standAt("Hang up")];
await card(page, "Good night").click();
await page.getByRole("textbox", { name: /Text/ }).first().fill("Good night to all");
await page.getByText("1 unpublished change").waitFor();
await card(page, "Good night").locator(".card-unpublished").waitFor();
await saved(page);
await openSheet();
await page.getByText(/1 passed/).waitFor();
await page.getByRole("button", { name: "Show on the canvas" }).click();
await page.locator(".marked[data-mark=changed]").waitFor();
await page.getByRole("button", { name: "Back to editing" }).click();
await openSheet();
await publish();

// Two versions on the canvas.
await page.getByRole("button", { name: "Versions" }).click();
for (const version of ["Version 1", "Version 2"]) await page.getByRole("checkbox", { name: version }).check();
await page.locator(".marked[data-mark=changed]").waitFor();
seen.marked = await page.locator(".marked[data-mark]").count();
seen.told = await page.locator(".changes li").allInnerTexts();
await look("versions");

// Drawn here, from nothing.
await flows();
await page.getByRole("button", { name: "New flow" }).click();
await page.getByLabel("Name").fill("Day line");
await page.locator(".picture").nth(3).waitFor();
seen.pictures = await page.locator(".picture").count();
await look("templates");
await page.getByRole("radio", { name: /^Empty/ }).click();
await page.getByRole("button", { name: "Begin" }).click();
await page.getByRole("button", { name: "Say", exact: true }).click();
await page.getByRole("textbox", { name: /Text/ }).first().fill("Good day: press # to go on");
await page.locator(".react-flow__node").first().click();
await page.getByRole("button", { name: /Add what starts|Add a trigger|start/i }).last().click();
await page.getByRole("menuitem", { name: /Incoming call/ }).click();
await page.getByRole("checkbox", { name: /\+31201234571/ }).check();
await saved(page);
await openSheet();
await publish();
await page.getByRole("button", { name: "More for Day line" }).click();
const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Download as a file" }).click()]);
seen.file = download.suggestedFilename();
seen.downloaded = await readFile(await download.path(), "utf8");

// A file with mistakes comes in as a draft; what is no flow does not.
await flows();
await page.getByRole("button", { name: "Import", exact: true }).click();
await page.getByLabel("Or paste what it says").fill("name: x\nsteps: [\n");
await page.getByRole("button", { name: "Look at it" }).click();
seen.refused = await page.getByText("Line 3").locator("..").innerText();
await page.getByLabel(/Choose a flow file/).setInputFiles(file);
await page.getByRole("button", { name: "Keep as a new flow" }).waitFor();
seen.findings = await page.locator(".findings li").allInnerTexts();
await look("import");
await page.getByRole("button", { name: "Keep as a new flow" }).click();
await card(page, "Hang up").waitFor();
seen.problems = await page.getByRole("button", { name: /problem/ }).innerText();

// What is wrong is told in whatever language is chosen, without loading anything anew.
const speak = async (language) => {
  await page.locator(".rail-me").click();
  await page.locator(`[role=menuitem][lang=${language}]`).click();
};
const listed = async (words, meanwhile = async () => {}) => {
  await page.getByRole("button", { name: /problem/ }).click();
  const item = page.getByRole("menuitem").filter({ hasText: words }).first();
  const told = await item.innerText();
  seen.wraps = await item.evaluate((one) => getComputedStyle(one).whiteSpace);
  await meanwhile();
  await page.keyboard.press("Escape");
  return told;
};
seen.told.push(await listed("has no exit"));
await page.evaluate(() => (window.isSamePage = true));
await speak("es");
seen.told.push(await listed("ninguna salida", () => look("problems")));
await speak("en");
seen.told.push(await listed("has no exit"));
seen.isSamePage = await page.evaluate(() => window.isSamePage);

await page.waitForTimeout(500); // what was read once more after opening has come
await page.getByRole("button", { name: /^More for/ }).click();
await page.getByRole("menuitem", { name: "Delete" }).click();
await page.getByRole("button", { name: "Undo" }).click();
await page.getByRole("link", { name: /Broken line/ }).waitFor();
await end();
