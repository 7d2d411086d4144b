import { expect, test } from "vitest";
import type { Exit, Exits } from "../graph/document";
import { shownExits } from "./cards";

const exit = (name: string, is_seldom = false): Exit => ({ name, label: name, is_seldom });
const EXITS: Exits = { ask: [exit("answered"), exit("silence", true)], tries: [exit("failed", true), exit("gone", true)] };

test("a seldom exit is shown while it leads somewhere", () => {
  expect(shownExits("ask", { type: "ask" }, EXITS)).toEqual(["answered"]);
  expect(shownExits("ask", { type: "ask", next: { silence: "bye" } }, EXITS)).toEqual(["answered", "silence"]);
});

test("the first exit is always shown, and one that only the drawing knows", () => {
  expect(shownExits("tries", { type: "tries", next: { old: "bye" } }, EXITS)).toEqual(["failed", "old"]);
});
