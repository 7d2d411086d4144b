import { globSync, readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { Field } from "../api/pieces";

vi.stubGlobal("document", { baseURI: "http://localhost/" }); // the API's client asks the page where it is
const { Json } = await import("./json");
const { fieldFor } = await import("./registry");

const SOURCES = new URL("../../../src/skipline/", import.meta.url).pathname;
/** Kinds that their own pages draw: what type an entry is of, and the rows of a table. */
const ELSEWHERE = ["columns", "table_rows", "type"];
const fieldOf = (kind: string) => ({ name: "x", kind, label: "", is_required: false, choices: [], parts: [] }) as unknown as Field;

test("every kind that a piece uses has a field of its own", () => {
  const files = globSync("{steps,triggers,asking,flow}/**/*.py", { cwd: SOURCES });
  const used = new Set(files.flatMap((file) => [...readFileSync(SOURCES + file, "utf8").matchAll(/= field\([^=]*[^)]*?kind="(\w+)"/g)].map((match) => match[1] ?? "")));
  expect(used.size).toBeGreaterThan(40);
  expect([...used].filter((kind) => fieldFor(fieldOf(kind), undefined) === Json)).toEqual([]);
});

test("every kind that an entry of the workspace has is drawn by the settings", async () => {
  await import("./entry_kinds");
  const files = globSync("{workspace/*forms,workspace/sources,workspace/channels,sources/*/source,channels/*/channel}.py", { cwd: SOURCES });
  const used = new Set(files.flatMap((file) => [...readFileSync(SOURCES + file, "utf8").matchAll(/label="[\w.]+",\s*kind="(\w+)"/g)].map((match) => match[1] ?? "")));
  expect(used.size).toBeGreaterThan(20);
  expect([...used].filter((kind) => fieldFor(fieldOf(kind), undefined) === Json).sort()).toEqual(ELSEWHERE);
});

test("what a kind cannot show is edited as it stands, and so is a kind that nobody knows", () => {
  expect(fieldFor(fieldOf("mystery"), "a")).toBe(Json);
  expect(fieldFor(fieldOf("text"), { a: 1 })).toBe(Json);
  expect(fieldFor(fieldOf("duration"), "soon")).toBe(Json);
  expect(fieldFor(fieldOf("paths"), "vip")).toBe(Json);
  expect(fieldFor(fieldOf("headers"), { a: ["b"] })).toBe(Json);
});

test("what a kind can show is edited by it, written or not", () => {
  for (const [kind, value] of Object.entries({ text: "a", duration: "20s", skills: ["dutch", { skill: "en" }], headers: { a: "b" }, paths: [{ id: "vip" }] })) {
    expect(fieldFor(fieldOf(kind), value), kind).not.toBe(Json);
    expect(fieldFor(fieldOf(kind), undefined), kind).not.toBe(Json);
  }
});
