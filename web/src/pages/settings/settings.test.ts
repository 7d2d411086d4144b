import { expect, test, vi } from "vitest";
import type { Field } from "../../api/pieces";
import type { Section } from "./sections";

vi.stubGlobal("document", { baseURI: "http://localhost/" }); // the API's client asks the page where it is
vi.stubGlobal("localStorage", { getItem: () => null });
const { columnsOf, shownOf } = await import("./columns");
const { differing } = await import("./differing");
const { besideFields, elsewhere, flowOf, introOf, mistakesIn, placeOfEntry } = await import("./refused");
const { partsOf, pieceOf, sectionWord } = await import("./sections");
const { Problem } = await import("../../api/client");

const field = (name: string, more: Partial<Field> = {}) =>
  ({ name, kind: "plain", label: name, is_required: false, choices: [], parts: [], ...more }) as Field;
const section = (more: Partial<Section> = {}): Section => ({
  section: "sources",
  key: "name",
  words: { en: { title: "Sources", cache: "Kept for" } },
  fields: [field("name"), field("type", { kind: "type" }), field("cache", { part: "limits" }), field("rest", { part: "limits" })],
  schema: { properties: { cache: { minimum: 1 } } },
  types: [{ type: "http", group: "", words: { en: { title: "HTTP", url: "Address" } }, fields: [field("url")], schema: { properties: { url: {} } } }],
  ...more,
});

test("a form has what names an entry first, then the fields of its type, then each named part", () => {
  const parts = partsOf(section(), { type: "http" }, ["name"]);
  expect(parts.map((part) => [part.name, part.fields.map((one) => one.name)])).toEqual([
    ["", ["type"]],
    ["type", ["url"]],
    ["limits", ["cache", "rest"]],
  ]);
  expect(partsOf(section(), {}, []).map((part) => part.name)).toEqual(["", "limits"]);
});

test("a field that has no effect stays out of sight unless it says something already", () => {
  const fields = [field("policy", { default: "ratio" }), field("head_starts", { only_with: { policy: ["head_start"] } } as Partial<Field>)];
  const names = (entry: Record<string, unknown>) => partsOf(section({ fields }), entry, []).flatMap((part) => part.fields.map((one) => one.name));
  expect(names({})).toEqual(["policy"]);
  expect(names({ policy: "head_start" })).toEqual(["policy", "head_starts"]);
  expect(names({ head_starts: { gold: "1m" } })).toEqual(["policy", "head_starts"]);
});

test("a type's fields, words and bounds stand beside those of its section, whose title stays", () => {
  const piece = pieceOf(section(), "http");
  expect(piece.fields.map((one) => one.name)).toEqual(["name", "type", "cache", "rest", "url"]);
  expect(piece.words.en).toEqual({ title: "Sources", url: "Address", cache: "Kept for" });
  expect(Object.keys((piece.schema as { properties: object }).properties)).toEqual(["cache", "url"]);
  expect(sectionWord(section(), "title")).toBe("Sources");
});

test("a table shows what is worth seeing, and the first fields of a section that it does not know", () => {
  expect(columnsOf(section()).map((one) => one.name)).toEqual(["type"]);
  expect(columnsOf(section({ section: "new_things" })).map((one) => one.name)).toEqual(["type", "cache", "rest"]);
});

test("a cell shows what is written, else what holds without it, else nothing", () => {
  expect(shownOf(field("a"), "x")).toEqual({ text: "x", isUsual: false });
  expect(shownOf(field("a", { default: "y" }), undefined)).toEqual({ text: "y", isUsual: true });
  expect(shownOf(field("a"), undefined)).toBeNull();
  expect(shownOf(field("a"), ["x", "y"])).toEqual({ chips: ["x", "y"] });
  expect(shownOf(field("a"), { dutch: 3, english: "yes" })).toEqual({ chips: ["dutch 3", "english"] });
  expect(shownOf(field("a", { kind: "object" }), { after: "2m", nobody_signed_in: true, to: "vip" })).toEqual({ chips: ["2m", "vip"] });
  expect(shownOf(field("a", { kind: "table_rows" }), [{}, {}])).toEqual({ count: 2 });
});

test("mistakes stand beside the fields of the entry, the others are told with where they are", () => {
  const told = (path: (string | number)[], file = "skipline.yaml") => ({ file, code: "c", sentence: "s", fix: "", path, is_error: true });
  const found = [told(["queues", "vip", "overflow", "after"]), told(["agents", "ana", "queues", 0]), told(["steps", "q", "with", "queue"], "flows/night.yaml")];
  const advice = { ...told(["agents", "ben", "queues", 0]), is_error: false };
  const refused = new Problem(422, "has_mistakes", "", { issues: [...found, advice] });
  expect(mistakesIn(refused)).toEqual(found);
  expect(mistakesIn(new Problem(412, "changed_meanwhile", ""))).toEqual([]);
  expect(besideFields(found, "queues", "vip").map((one) => one.path)).toEqual([["overflow", "after"]]);
  const others = elsewhere(found, "queues", "vip");
  expect(others.map(flowOf)).toEqual([null, "night"]);
  expect(others.map(placeOfEntry)).toEqual(["/settings/agents/ana", null]);
});

test("two writings of an entry differ where their values do, whatever the order of their keys", () => {
  expect(differing({ a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 2, e: [] })).toEqual(["a", "e"]);
  expect(differing({ a: 1 }, { a: 1 })).toEqual([]);
});

test("an entry that is wrong as a whole is not said to be needed by something else", () => {
  const found = (...path: string[]) => ({ file: "skipline.yaml", code: "no_carrier", sentence: "", fix: "", path, is_error: true });
  const own = "/settings/trunks/voip";
  expect(introOf([], own)).toBe("wrong");
  expect(introOf([found("trunks", "voip")], own)).toBe("not_saved");
  expect(introOf([found("trunks", "voip"), found("numbers", "+31201234567")], own)).toBe("refused");
  expect(introOf([found("numbers", "+31201234567")], null)).toBe("refused");
});
