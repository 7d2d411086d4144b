import { Kbd } from "@mantine/core";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const SIGNS: Record<string, string> = { Mod: IS_MAC ? "⌘" : "Ctrl", Alt: IS_MAC ? "⌥" : "Alt", Escape: "Esc", Arrows: "↑ ↓ ← →", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };

/** Keys that are held together, as they are printed on them. */
export function Chord({ keys }: { keys: string }) {
  const printed = keys.split("+").map((key) => SIGNS[key] ?? key);
  return <Kbd size="xs">{printed.join(" ")}</Kbd>;
}
