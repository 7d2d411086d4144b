import { expect, test } from "vitest";
import { chordOf } from "./chord";

const PLAIN = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test.each([
  [{ key: "a" }, "a"],
  [{ key: "A", shiftKey: true }, "a"],
  [{ key: "?", shiftKey: true }, "?"],
  [{ key: "Tab", shiftKey: true }, "Shift+Tab"],
  [{ key: "z", ctrlKey: true }, "Mod+z"],
  [{ key: "Z", metaKey: true, shiftKey: true }, "Mod+Shift+z"],
  [{ key: "ArrowUp", altKey: true }, "Alt+ArrowUp"],
  [{ key: "c", ctrlKey: true }, "Mod+c"],
])("%j is %s", (held, chord) => expect(chordOf({ ...PLAIN, ...held })).toBe(chord));
