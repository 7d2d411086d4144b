import { expect, test } from "vitest";
import { loyaltyFlow } from "../../../graph/samples";
import { askedSources, comparedWith, readJson, valueAt, withValue } from "./pretending";
import { nowLocally, storyOf, storyToKeep, type Told, withStory, wordsOf } from "./telling";

const LOOK_UP = {
  fetch_variables: {
    fields: [
      { name: "source", kind: "source" },
      { name: "keep", kind: "keep" },
    ],
  },
} as never;

const told: Told = { way: "caller", phone: "+31622222222", text: "", at: "", answers: "", sources: {} };

test("the sources that a flow asks are found with what it keeps of their answers", () => {
  const flow = loyaltyFlow();
  const keep = [{ from: "/loyalty_status", as: "loyalty_status" }, { from: "tier", as: "tier" }];
  if (flow.steps.look_up) flow.steps.look_up.with = { source: "crm", keep };
  expect(askedSources(flow, LOOK_UP)).toEqual([{ source: "crm", keeps: [{ pointer: "/loyalty_status", variable: "loyalty_status" }] }]);
});

test("a pretended value goes to its place in the answer, and the rest of it stays", () => {
  const answer = withValue('{"name": "Gijs", "of": {"x": 1}}', "/of/a~1b", "gold");
  expect(readJson(answer)).toEqual({ name: "Gijs", of: { x: 1, "a/b": "gold" } });
  expect(valueAt(answer, "/of/a~1b")).toBe("gold");
  expect(readJson(withValue(answer, "/name", ""))).toEqual({ of: { x: 1, "a/b": "gold" } });
  expect(readJson(withValue('{"items": [{"id": 1}]}', "/items/0/id", "7"))).toEqual({ items: [{ id: 7 }] });
});

test("numbers are told from texts, and a phone number stays a text", () => {
  expect(readJson(withValue("", "/points", "12"))).toEqual({ points: 12 });
  expect(readJson(withValue("", "/phone", "0612"))).toEqual({ phone: "0612" });
  expect(valueAt("not json", "/points")).toBe("");
});

test("a test is told in the words of a story file", () => {
  const sources = { crm: { does: "ok", answer: '{"a": 1}' }, old: { does: "error", answer: "" }, gone: { does: "ok", answer: "" } } as const;
  expect(storyOf({ ...told, answers: "1\n\n2", at: "2026-05-04T12:00", sources }, ["crm", "old"])).toEqual({
    at: new Date("2026-05-04T12:00").toISOString(),
    caller: { phone: "+31622222222" },
    answers: ["1", "2"],
    sources: { crm: { answer: { a: 1 } }, old: { does: "error" } },
  });
  expect(storyOf({ ...told, way: "writer", text: "Hello" }, []).writer).toEqual({ phone: "+31622222222", text: "Hello" });
  expect(new Date(nowLocally()).getTime()).toBeGreaterThan(Date.now() - 61_000);
});

test("a kept test expects what has come of it, and replaces one of its name", () => {
  const kept = storyToKeep({ caller: {} }, "Gold", ["tier.vip"], "answered");
  expect(kept).toEqual({ story: "Gold", caller: {}, expect: { path: ["tier.vip"], outcome: "answered" } });
  expect(withStory([{ story: "Gold" }, { story: "Silver" }], kept)).toEqual([{ story: "Silver" }, kept]);
});

test("what the contact would hear is told apart from what is done", () => {
  expect(wordsOf("say_text", { text: "Good evening" })).toBe("Good evening");
  expect(wordsOf("ask_contact", { question: "Which?" })).toBe("Which?");
  expect(wordsOf("forward_call", { text: "no" })).toBe("");
});

test("what is worth pretending of a variable is what conditions compare it with", () => {
  const flow = loyaltyFlow();
  const row = (variable: string, value: unknown) => ({ variable, operator: "is_one_of", value });
  if (flow.steps.tier) flow.steps.tier.with = { paths: [{ all: [row("status", ["gold", "platinum"])] }, { any: [row("status", "silver"), row("orders", 3)] }] };
  expect(comparedWith(flow, "status")).toEqual(["gold", "platinum", "silver"]);
  expect(comparedWith(flow, "orders")).toEqual(["3"]);
  expect(comparedWith(flow, "constructor")).toEqual([]);
});
