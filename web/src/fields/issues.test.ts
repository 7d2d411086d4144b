import { expect, test } from "vitest";
import { issuesAt, issuesWithin, placeOf, told } from "./issues";

const issue = (...path: (string | number)[]) => ({ code: "x", sentence: "`a` is missing", fix: "add it", step: "tier", path, is_error: true });

test("an issue's place is counted from the settings of its step or trigger", () => {
  expect(placeOf(issue("steps", "tier", "with", "paths", 0, "name"))).toEqual(["paths", 0, "name"]);
  expect(placeOf(issue("steps", "tier", "next", "vip"))).toEqual(["next", "vip"]);
  expect(placeOf(issue("triggers", 0, "numbers"))).toEqual(["numbers"]);
  expect(placeOf(issue("start"))).toEqual(["start"]);
});

test("issues stand at their field, and are found from around it", () => {
  const issues = [issue("steps", "tier", "with", "paths", 0, "name"), issue("steps", "tier", "with", "path")];
  expect(issuesAt(issues, ["paths", 0, "name"])).toHaveLength(1);
  expect(issuesAt(issues, ["paths"])).toHaveLength(0);
  expect(issuesWithin(issues, ["paths"])).toHaveLength(1);
});

test("what is wrong is told with what to do", () => {
  expect(told(issue(""))).toBe("`a` is missing: add it");
  expect(told({ sentence: "no queue", fix: "" })).toBe("No queue");
});
