import { expect, test } from "vitest";
import { keeping, namesIn, placed, questionOf } from "./trying";

test("a question is taken from the step as it stands", () => {
  const settings = { source: "crm", path: "/p", query: { top: 5 }, headers: { "X-Key": "a" } };
  expect(questionOf(settings, "GET")).toEqual({ method: "GET", path: "/p", query: { top: "5" }, headers: { "X-Key": "a" }, body: "" });
});

test("the names that its holes use have to be known", () => {
  const question = questionOf(
    { path: "/customers/{{ contact.phone }}", query: { tier: "{{ lower(loyalty_status) }}" }, body: '{"a": "{{ orders > 3 ? "many" : contact.phone }}"}' },
    "POST",
  );
  expect(namesIn(question)).toEqual(["contact.phone", "loyalty_status", "orders"]);
  expect(namesIn(questionOf({ path: "/plain/{id}" }, "GET"))).toEqual([]);
});

test("a place in an answer is kept with its type, under a name of its own", () => {
  const place = { pointer: "/customer/loyaltyStatus", type: "text", value: "gold" };
  expect(keeping(place, [])).toEqual({ from: "/customer/loyaltyStatus", as: "loyalty_status", type: "text" });
  expect(keeping({ ...place, type: "nothing" }, ["loyalty_status"])).toEqual({ from: "/customer/loyaltyStatus", as: "loyalty_status_2" });
});

test("a place says how deep it lies", () => {
  expect(placed("/orders/0/unit~1price")).toEqual({ depth: 2, name: "unit/price" });
  expect(placed("/name")).toEqual({ depth: 0, name: "name" });
});
