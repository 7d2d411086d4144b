import { expect, test } from "vitest";
import { operatorsFor, shapeOf, valueFrom, withOperator, withVariable } from "./conditions";

test("operators follow the type of the variable", () => {
  expect(operatorsFor("number")).toContain("at_least");
  expect(operatorsFor("text")).not.toContain("at_least");
  expect(operatorsFor("boolean")).toEqual(["is_true", "is_false", "is_set", "is_not_set"]);
  expect(operatorsFor("time")[0]).toBe("before");
});

test("an operator that is written stays, though it does not fit", () => {
  expect(operatorsFor("text", "at_least")).toContain("at_least");
});

test("values are kept as far as the new operator takes them", () => {
  const row = { variable: "loyalty_status", operator: "is_one_of", value: ["gold", "platinum"] };
  expect(withOperator(row, "is").value).toBe("gold");
  expect(withOperator(row, "between").value).toEqual(["gold", "platinum"]);
  expect(withOperator(row, "is_set")).not.toHaveProperty("value");
  expect(withOperator({ ...row, operator: "is", value: "gold" }, "is_one_of").value).toEqual(["gold"]);
});

test("another variable keeps an operator that fits it, and what else the row says", () => {
  const row = { variable: "status", operator: "is_one_of", value: ["gold"], match_case: true };
  expect(withVariable(row, "tier", "text")).toEqual({ ...row, variable: "tier" });
  expect(withVariable(row, "is_member", "boolean")).toEqual({ variable: "is_member", operator: "is_true", match_case: true });
});

test("numbers are compared as numbers, texts as they stand", () => {
  expect(valueFrom("1000", "at_least", "any")).toBe(1000);
  expect(valueFrom("12", "is", "number")).toBe(12);
  expect(valueFrom("12.", "at_least", "number")).toBe("12."); // on the way to 12.5
  expect(valueFrom("very ", "is", "text")).toBe("very ");
  expect(valueFrom("0612", "is", "text")).toBe("0612");
  expect(valueFrom("0612", "is", "any")).toBe("0612");
  expect(valueFrom("many", "at_least", "number")).toBe("many");
});

test("each operator says how many values it takes", () => {
  expect(["is", "is_none_of", "between", "is_not_set"].map(shapeOf)).toEqual(["one", "many", "two", "none"]);
});
