import { marked, useEditor } from "../editing/editor";
import { START } from "../graph/document";
import { type Action, addAfter, connect, extend, extendToEnd, find, goOn, goToEnd, move, moveAside, openMenu, remove, selectAll, takeBack, unselect, walk } from "./actions";
import { chordOf } from "./chord";
import { type Desk, goTo, openSettings } from "./desk";
import { focusStep, type Spot, spotOf } from "./spot";
import { showOutline, showSheet, useKeyboard } from "./state";

/** At a step, on its card or in the outline. */
const AT_STEP: Record<string, Action> = {
  Enter: openSettings,
  a: addAfter,
  c: connect,
  m: openMenu,
  Delete: remove,
  Backspace: remove,
  "Alt+ArrowUp": move(-1),
  "Alt+ArrowDown": move(1),
  "Alt+ArrowLeft": moveAside(-1),
  "Alt+ArrowRight": moveAside(1),
};

/** On a card alone; a tree has keys of its own for these. */
const ON_CARD: Record<string, Action> = {
  " ": openSettings,
  ArrowUp: walk("up"),
  ArrowDown: walk("down"),
  ArrowLeft: walk("left"),
  ArrowRight: walk("right"),
  "Shift+ArrowUp": extend("up"),
  "Shift+ArrowDown": extend("down"),
  "Shift+ArrowLeft": extend("left"),
  "Shift+ArrowRight": extend("right"),
  "Shift+End": extendToEnd,
  Home: goToEnd(0),
  End: goToEnd(-1),
  Tab: goOn(1),
  "Shift+Tab": goOn(-1),
  Escape: unselect,
};

type Gesture = (desk: Desk) => unknown;

/** Wherever the focus is, unless somebody types. */
const ANYWHERE: Record<string, Gesture> = {
  "Mod+z": takeBack(false),
  "Mod+Shift+z": takeBack(true),
  "Mod+y": takeBack(true),
  "Mod+f": find,
};

/** On the canvas, in the outline, and where nothing has the focus. */
const AROUND: Record<string, Gesture> = {
  "?": () => showSheet(true),
  o: () => toggleOutline(),
  "Mod+a": selectAll,
};

const begin: Gesture = (desk) => goTo(desk, useEditor.getState().selected ?? START);

const removeSelected: Gesture = (desk) => {
  const key = marked()[0];
  return key === undefined ? false : remove(desk, { key, exit: null, element: document.body, isCard: true });
};

/** Where nothing has the focus: the canvas takes it. */
const NOWHERE: Record<string, Gesture> = { ArrowUp: begin, ArrowDown: begin, ArrowLeft: begin, ArrowRight: begin, Delete: removeSelected, Backspace: removeSelected };

/** What a key does; null: it is not ours. `at`: whether the focus is around the steps, or nowhere. */
export function meaningOf(event: KeyboardEvent, spot: Spot | null, at: "around" | "nowhere" | "elsewhere"): Gesture | null {
  const chord = chordOf(event);
  const atSpot = spot && (AT_STEP[chord] ?? (spot.isCard ? ON_CARD[chord] : undefined));
  if (spot && spot.exit !== null && chord === "Enter") return null; // the outline goes where it leads
  if (spot && atSpot) return (desk) => atSpot(desk, spot);
  const here = { around: AROUND[chord], nowhere: NOWHERE[chord] ?? AROUND[chord], elsewhere: undefined }[at];
  return ANYWHERE[chord] ?? here ?? null;
}

/** Open the outline with the focus in it, or close it and be back on the canvas. */
export function toggleOutline(): void {
  const { hasOutline } = useKeyboard.getState();
  const key = spotOf(document.activeElement)?.key ?? useEditor.getState().selected ?? START;
  showOutline(!hasOutline);
  focusStep(key, !hasOutline);
}
