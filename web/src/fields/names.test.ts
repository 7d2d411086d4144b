import { expect, test } from "vitest";
import { fitsBeside, freeName, idFrom, variableFrom } from "./names";

test("an exit's name is made of small letters, digits and _", () => {
  expect(idFrom("Gold & platinum", "path")).toBe("gold_platinum");
  expect(idFrom("São Paulo!", "path")).toBe("sao_paulo");
  expect(idFrom("2nd try", "path")).toBe("nd_try");
  expect(idFrom("金卡会员", "path_3")).toBe("path_3");
  expect(idFrom("x".repeat(60), "path")).toHaveLength(40);
});

test("no two paths get one name, however long it is", () => {
  expect(freeName("gold", ["silver"])).toBe("gold");
  expect(freeName("gold", ["gold", "gold_2"])).toBe("gold_3");
  expect(freeName("x".repeat(40), ["x".repeat(40)])).toBe(`${"x".repeat(38)}_2`);
});

test("a place in an answer gives its variable a name", () => {
  expect(variableFrom("/customer/loyaltyStatus")).toBe("loyalty_status");
  expect(variableFrom("/orders/0/total")).toBe("total");
  expect(variableFrom("")).toBe("value");
});

test("a name that is typed waits while it is another's or a number, which a map would put elsewhere", () => {
  expect(["X-Id", "X", "2", "2fa", ""].map((name) => fitsBeside(name, ["X"]))).toEqual([true, false, false, true, true]);
  expect(fitsBeside("2", [])).toBe(true);
});
