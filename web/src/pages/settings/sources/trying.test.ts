import { expect, test, vi } from "vitest";
import type { Field, Piece } from "../../../api/pieces";

vi.stubGlobal("document", { baseURI: "http://localhost/" }); // the API's client asks the page where it is
const { askingPiece, fieldsToTry, firstQuestion, ownQuestions } = await import("./trying");

const field = (name: string, kind: string) => ({ name, kind, label: name, is_required: false }) as Field;
const fetching = {
  type: "fetch",
  fields: [field("source", "source"), field("path", "path"), field("method", "choice"), field("query", "map"), field("body", "long_text"), field("keep", "keep")],
} as unknown as Piece;
const saying = { type: "say", fields: [field("text", "long_text")] } as unknown as Piece;
const names = (group: string, entry: Record<string, unknown>, method?: string) => fieldsToTry(fetching, group, entry, method).map((one) => one.name);

test("a question is drawn with the fields of the step that asks sources", () => {
  expect(askingPiece({ say: saying, fetch: fetching })).toBe(fetching);
  expect(askingPiece({ say: saying })).toBeUndefined();
});

test("a body goes with methods that send one", () => {
  expect(names("http", {})).toEqual(["method", "path", "query"]);
  expect(names("http", {}, "POST")).toEqual(["method", "path", "query", "body"]);
});

test("contact systems are asked by number, and sources with questions of their own by one of them", () => {
  expect(names("crm", {})).toEqual(["query"]);
  expect(firstQuestion("crm")).toEqual({ query: { phone: "{{ contact.phone }}" } });
  expect(names("database", { questions: { by_phone: "select 1" } })).toEqual(["query"]);
  expect(ownQuestions({ questions: { by_phone: "select 1", "": "" } })).toEqual(["by_phone"]);
  expect(firstQuestion("http")).toEqual({});
});
