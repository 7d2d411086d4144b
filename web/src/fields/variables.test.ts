import { expect, test } from "vitest";
import type { Catalogue, Field } from "../api/pieces";
import { loyaltyFlow } from "../graph/samples";
import { keptBefore, knownVariables, stepsBefore, typeOf } from "./variables";

const field = (name: string, kind: string, parts: Field[] = [], initial: unknown = null) =>
  ({ name, kind, label: name, is_required: false, default: initial, choices: [], parts }) as unknown as Field;
const keep = field("keep", "keep", [field("from", "pointer"), field("as", "variable"), field("type", "choice")]);
const piece = (fields: Field[]) => ({ fields }) as unknown as Catalogue["steps"][string];

const CATALOGUE: Catalogue = {
  steps: {
    fetch_variables: piece([keep, field("also", "also", [keep])]),
    add_to_queue: piece([field("note_as", "variable", [], "noted")]),
  },
  triggers: { webhook: piece([keep]) },
};

function flowThatKeeps() {
  const flow = loyaltyFlow();
  const lookUp = flow.steps.look_up;
  if (lookUp)
    lookUp.with = {
      keep: [{ from: "/status", as: "status", type: "text" }],
      also: [{ source: "crm", keep: [{ from: "/orders", as: "orders", type: "number" }] }],
    };
  flow.triggers.push({ type: "webhook", keep: [{ from: "/ticket", as: "ticket" }] });
  return flow;
}

test("a step may use what the steps before it keep, however deep it is written", () => {
  const kept = keptBefore(flowThatKeeps(), CATALOGUE, "tier");
  expect(kept.map((one) => [one.name, one.type, one.from])).toEqual([
    ["status", "text", "look_up"],
    ["orders", "number", "look_up"],
    ["ticket", "any", ""],
  ]);
});

test("what a step keeps itself, or one after it, is not there yet", () => {
  expect(keptBefore(flowThatKeeps(), CATALOGUE, "look_up").map((one) => one.name)).toEqual(["ticket"]);
  expect(keptBefore(flowThatKeeps(), CATALOGUE, "to_general").map((one) => one.name)).toContain("noted");
});

test("the nearest steps come first, and loops end", () => {
  const flow = flowThatKeeps();
  if (flow.steps.to_general) flow.steps.to_general.next = { overflowed: "look_up" };
  expect(stepsBefore(flow, "to_vip")).toEqual(["tier", "look_up", "to_general"]);
});

test("every run knows its contact, and the figures of each queue", () => {
  const known = knownVariables(["vip"]);
  expect(typeOf(known, "contact.tags")).toBe("list");
  expect(typeOf(known, "queues.vip.waiting")).toBe("number");
  expect(typeOf(known, "whatever")).toBe("any");
});
