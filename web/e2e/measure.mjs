// How quick the builder is with a flow of 500 steps, beside a flow of one and a bare canvas of as many cards.
// node e2e/measure.mjs LINK FOLDER SECONDS   FOLDER gets the bare canvas, built; prints one line of JSON: milliseconds, frames a second, bytes
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build } from "vite";
import { begin, enter, saved } from "./visit.mjs";

const [link, folder, seconds] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), "../../bench/bare_canvas");
const modules = join(dirname(fileURLToPath(import.meta.url)), "../node_modules");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const EDITS = 10;

/** The bare canvas, built as the app is and served packed as it is. */
async function serveBare() {
  const inside = ["react", "react-dom", "@xyflow/react"].map((name) => ({ find: new RegExp(`^${name}(/|$)`), replacement: `${join(modules, name)}$1` }));
  await build({ root, base: "./", logLevel: "error", plugins: [react()], resolve: { alias: inside }, build: { outDir: folder, emptyOutDir: true } });
  const server = createServer((asked, answer) => {
    const file = join(folder, asked.url === "/" ? "index.html" : asked.url);
    if (!existsSync(file)) return answer.writeHead(404).end();
    answer.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-encoding": "gzip" });
    answer.end(gzipSync(readFileSync(file)));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return server;
}

/** Open a page with an empty cache: when the first card was there, when the last change to the cards was, and what was loaded. */
async function open(context, url) {
  const page = await context.newPage();
  await (await context.newCDPSession(page)).send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript(() => {
    const seen = { first: 0, full: 0 };
    window.seen = seen;
    let count = 0;
    const look = () => {
      const now = document.querySelectorAll(".react-flow__node").length;
      if (now === count) return;
      count = now;
      seen.first ||= performance.now();
      seen.full = performance.now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => window.seen.full && performance.now() - window.seen.full > 700);
  const found = await page.evaluate(() => ({
    ...window.seen,
    bytes: performance.getEntriesByType("resource").filter((one) => one.name.endsWith(".js")).reduce((sum, one) => sum + one.encodedBodySize, 0),
  }));
  return { page, found };
}

/** Frames a second while the drawing is dragged about. */
async function pan(page) {
  const box = await page.locator(".react-flow__pane").boundingBox();
  const at = [box.x + box.width / 2, box.y + box.height - 30];
  await page.evaluate(() => {
    window.frames_seen = [];
    const note = (now) => {
      window.frames_seen.push(now);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await page.mouse.move(...at);
  await page.mouse.down();
  const until = Date.now() + Number(seconds) * 1000;
  for (let turn = 0; Date.now() < until; turn++) await page.mouse.move(at[0] + Math.sin(turn / 9) * 250, at[1] - Math.abs(Math.sin(turn / 11)) * 300);
  await page.mouse.up();
  return page.evaluate(() => (1000 * (window.frames_seen.length - 1)) / (window.frames_seen.at(-1) - window.frames_seen[0]));
}

/** How long the server takes to keep one change, as the page sees it: the middle of several. */
async function patch(page) {
  for (let edit = 0; edit < EDITS; edit++) {
    await page.getByRole("textbox", { name: "Name of the flow" }).fill(`Name ${edit}`);
    await page.waitForFunction((wanted) => performance.getEntriesByType("resource").filter((one) => one.name.endsWith("/patches")).length > wanted, edit);
    await saved(page);
  }
  const took = await page.evaluate(() => performance.getEntriesByType("resource").filter((one) => one.name.endsWith("/patches")).map((one) => one.duration));
  return took.sort((one, other) => one - other)[Math.floor(took.length / 2)];
}

const bare = await serveBare();
const { context, page: first, seen, end } = await begin();
await enter(first, link);
const app = first.url().split("#")[0];
const pages = { big: `${app}#/flows/big`, small: `${app}#/flows/small`, bare: `http://127.0.0.1:${bare.address().port}/` };
for (const [name, url] of Object.entries(pages)) {
  const { page, found } = await open(context, url);
  seen[name] = { ...found, fps: await pan(page), ...(name === "bare" ? {} : { patch: await patch(page) }) };
  await page.close();
}
bare.close();
await end();
