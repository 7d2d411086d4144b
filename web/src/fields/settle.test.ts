import { enablePatches, produceWithPatches } from "immer";
import { expect, test } from "vitest";
import { moved, same, settle } from "./settle";

enablePatches();

const PATHS = { paths: [{ id: "vip", name: "VIP", all: [{ variable: "a", value: ["x"] }] }, { id: "silver", name: "Silver" }] };

test("only what differs is touched", () => {
  const wanted = structuredClone(PATHS);
  wanted.paths[1] = { id: "silver", name: "Silver & bronze" };
  const [after, patches] = produceWithPatches(PATHS, (draft) => settle(draft, "paths", wanted.paths));
  expect(after).toEqual(wanted);
  expect(patches).toEqual([{ op: "replace", path: ["paths", 1, "name"], value: "Silver & bronze" }]);
});

test("a part that is gone is taken out", () => {
  const wanted = [{ id: "vip", name: "VIP" }, PATHS.paths[1]];
  const [after, patches] = produceWithPatches(PATHS, (draft) => settle(draft, "paths", wanted));
  expect(after.paths).toEqual(wanted);
  expect(patches).toEqual([{ op: "remove", path: ["paths", 0, "all"] }]);
});

test("a list of another length is replaced whole", () => {
  const [, patches] = produceWithPatches(PATHS, (draft) => settle(draft, "paths", [PATHS.paths[0]]));
  expect(patches.map((patch) => patch.path)).toEqual([["paths"]]);
});

test("a map keeps the order that is wanted", () => {
  const [after] = produceWithPatches({ values: { a: 1, b: 2 } } as Record<string, unknown>, (draft) => settle(draft, "values", { c: 1, b: 2 }));
  expect(Object.keys(after.values as object)).toEqual(["c", "b"]);
});

test("values are the same by what is written, not by which object they are", () => {
  expect(same({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(same({ a: undefined }, { b: undefined })).toBe(false);
  expect(same([1], { 0: 1 })).toBe(false);
});

test("something in a list is moved to a place", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
});
