import { expect, test } from "vitest";
import { findSteps } from "./find";
import { LOYALTY_EXITS, loyaltyFlow } from "./samples";

const title = (type: string) => (type === "branch" ? "Branch" : type);
const keys = (typed: string, flow = loyaltyFlow()) => findSteps(flow, LOYALTY_EXITS, typed, title).map((one) => one.key);

test.each([
  ["VIP", ["to_vip"]],
  ["bran", ["tier"]],
  ["add_to", ["to_vip", "to_general", "to_silver"]],
  ["  ", ["look_up", "tier", "to_vip", "to_general", "to_silver"]],
  ["nowhere", []],
])("%s is found in %j", (typed, found) => expect(keys(typed)).toEqual(found));

test("what is called so comes before what only speaks of it, and the place is told", () => {
  const flow = loyaltyFlow();
  flow.steps.look_up = { type: "fetch_variables", with: { keep: [{ from: "/a", as: "silver_since" }] } };
  expect(findSteps(flow, LOYALTY_EXITS, "silver", title)).toEqual([
    { key: "to_silver", where: "" },
    { key: "look_up", where: "silver_since" },
  ]);
});
