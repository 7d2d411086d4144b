import { expect, test } from "vitest";
import { addressWith } from "./address";

test("an address keeps what it asked, and drops what is asked no more", () => {
  const asked = new URLSearchParams("flow=loyalty&outcome=failed");
  expect(addressWith("/runs", asked, { outcome: "", contact: "+31 6" })).toBe("/runs?flow=loyalty&contact=%2B31+6");
  expect(addressWith("/runs", asked, { flow: "", outcome: "" })).toBe("/runs");
});
