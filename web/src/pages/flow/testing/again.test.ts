import { expect, test } from "vitest";
import { asInRun, partingOf, toldOf } from "./again";
import { storyOf } from "./telling";

const story = {
  at: "2026-05-01T12:00:07.123Z",
  caller: { phone: "+31611111111", to: "+31201234567", name: "Ana" },
  sources: { crm: { answer: { tier: "gold" } }, shop: [{ does: "timeout" }, { answer: { orders: 3 } }] },
  answers: ["1", {}, { tap: "order" }],
  agents: { others: "away" },
  hangs_up_after: "20s",
};

test("a run fills the panel in", () => {
  const told = toldOf(story);
  expect(told).toMatchObject({ way: "caller", phone: "+31611111111", answers: "1\norder" });
  expect(told.sources.shop).toEqual({ does: "timeout", answer: "{}" });
  expect(JSON.parse(told.sources.crm?.answer ?? "")).toEqual({ tier: "gold" });
});

test("what nobody changed is played as it was, to the second and with all that the panel does not show", () => {
  const told = toldOf(story);
  expect(asInRun(storyOf(told, ["crm", "shop"]), told, { story, told })).toEqual(story);
});

test("what somebody changed counts, and the rest stays", () => {
  const told = toldOf(story);
  const changed = { ...told, phone: "+31622222222", sources: { ...told.sources, shop: { does: "ok" as const, answer: '{"orders":9}' } } };
  const played = asInRun(storyOf(changed, ["crm", "shop"]), changed, { story, told });
  expect(played.caller).toEqual({ ...story.caller, phone: "+31622222222" });
  expect(played.sources).toEqual({ crm: story.sources.crm, shop: { answer: { orders: 9 } } });
  expect(played.agents).toEqual(story.agents);
});

test("who wrote is a writer, and a masked number is nobody's", () => {
  const told = toldOf({ writer: { text: "hello", channel: "sms" } });
  expect(told).toMatchObject({ way: "writer", text: "hello", phone: "" });
});

test("paths are the same or part somewhere", () => {
  expect(partingOf(["a.x", "b"], ["a.x", "b"])).toBeNull();
  expect(partingOf(["a.x", "b.y"], ["a.x", "b.z"])).toEqual({ place: 1, then: "b.y", now: "b.z" });
  expect(partingOf(["a.x"], ["a.x", "b"])).toEqual({ place: 1, then: "", now: "b" });
});
