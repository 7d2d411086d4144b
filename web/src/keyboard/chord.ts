/** A key with what is held besides, such as `Shift+ArrowUp`; Mod is Ctrl, and ⌘ on a Mac. */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const isMod = ctrlKey || metaKey;
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase() && key !== " ";
  const held = [isMod && "Mod", altKey && "Alt", shiftKey && !isSign && (key.length > 1 || isMod) && "Shift"];
  return [...held.filter(Boolean), key.length === 1 ? key.toLowerCase() : key].join("+");
}
