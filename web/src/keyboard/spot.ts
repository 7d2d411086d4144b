import { lineAt, lineKey } from "../canvas/drawing";
import { selectLine, useEditor } from "../editing/editor";
import { START } from "../graph/document";
import { useKeyboard } from "./state";

/** Where the focus is among the steps: on a card, or in a row of the outline, which may be that of one way out; or the line
 *  that is selected, by its way out. */
export interface Spot {
  key: string;
  exit: string | null;
  element: HTMLElement;
  isCard: boolean;
}

const MOST_MS = 3_000;
/** Keys that do nothing but with others. */
const HELD = new Set(["Shift", "Control", "Alt", "Meta"]);

/** The spot on which an element is; null when it is none. */
export function spotOf(element: Element | null): Spot | null {
  const row = element?.closest<HTMLElement>(".outline [data-step]");
  if (row) return { key: row.dataset.step ?? "", exit: row.dataset.exit ?? null, element: row, isCard: false };
  if (!(element instanceof HTMLElement) || !element.matches(".react-flow__node") || element.closest(".canvas-still")) return null;
  return { key: element.dataset.id ?? "", exit: null, element, isCard: true };
}

/** The line that an element draws, or beside which it stands. */
export function spotOfLine(element: Element): Spot | null {
  const line = element.closest<SVGElement | HTMLElement>(".canvas:not(.canvas-still) :is(.react-flow__edge, [data-line])");
  const id = line?.dataset.id ?? line?.dataset.line;
  return id ? spotOn(lineAt(id)) : null;
}

function spotOn({ from, exit }: ReturnType<typeof lineAt>): Spot {
  const element = document.querySelector<HTMLElement>(`[data-line="${CSS.escape(lineKey(from, exit))}"] button`);
  return { key: from, exit, element: element ?? document.body, isCard: true };
}

/** Whether what is typed at an element is text, or chooses something. */
export function isTyping(element: Element): boolean {
  const field = element.closest<HTMLElement>("input, textarea, select, [contenteditable], [role=textbox]");
  return field !== null && !(field instanceof HTMLInputElement && ["checkbox", "radio", "button"].includes(field.type));
}

/** Whether an element is in something that stands over the page and has keys of its own. */
export function isOver(element: Element): boolean {
  return element.closest("[role=dialog], [role=menu], [role=listbox], .mantine-Popover-dropdown") !== null;
}

/** Give a step the focus, as soon as it is drawn: in the outline where `inOutline` says so and it is open, else its card. */
export function focusStep(key: string, inOutline = false, exit: string | null = null): void {
  const row = `.outline [data-step="${CSS.escape(key)}"]${exit === null ? ":not([data-exit])" : `[data-exit="${CSS.escape(exit)}"]`}`;
  const card = `.canvas:not(.canvas-still) .react-flow__node[data-id="${CSS.escape(key)}"]`;
  const selector = inOutline && useKeyboard.getState().hasOutline ? row : card;
  const here = document.querySelector<HTMLElement>(selector);
  here?.focus(); // at once, so that keys that follow quickly go on from there
  if (here && document.activeElement === here) return stopLooking();
  focusSoon(selector);
  awaited = { key, exit, element: here ?? document.body, isCard: selector === card };
}

/** Where the focus will be as soon as that is drawn: keys that come before go on from there. */
let awaited: Spot | null = null;
let stopLooking = () => {};

/** Where the focus was last, until somebody takes it elsewhere: cards out of sight are not drawn, and lose it by that. */
let last: Spot | null = null;

/** Keep in mind where the focus is; a step that has it lets go of the line that was selected. */
export function noteFocus(target: EventTarget | null): void {
  last = target instanceof Element ? spotOf(target) : null;
  if (last) selectLine(null);
}

/** The spot at which a key is pressed. */
export function spotAt(target: Element): Spot | null {
  const here = awaited ?? spotOf(target);
  if (here || target !== document.body) return here;
  const { line } = useEditor.getState();
  return line ? spotOn(line) : last && isThere(last.key) ? last : null;
}

function isThere(key: string): boolean {
  return key === START || key in useEditor.getState().flow.steps;
}

/** Give the first element that fits the focus, as soon as it takes it; whatever somebody does meanwhile has precedence. */
export function focusSoon(...selectors: string[]): void {
  const began = performance.now();
  let isDone = false;
  stopLooking();
  const stop = () => {
    if (!isDone) awaited = null;
    isDone = true;
    window.removeEventListener("keydown", interrupt, true);
    window.removeEventListener("pointerdown", interrupt, true);
  };
  const interrupt = (event: Event) => {
    if (!(event instanceof KeyboardEvent && HELD.has(event.key))) stop();
  };
  const look = () => {
    if (isDone) return;
    const found = selectors.map((selector) => document.querySelector<HTMLElement>(selector)).find((element) => element !== null);
    found?.focus();
    if ((found && document.activeElement === found) || performance.now() - began > MOST_MS) stop();
    else requestAnimationFrame(look);
  };
  stopLooking = stop;
  // After the key that asks for it, and after what it closed has let go of the focus.
  setTimeout(() => {
    if (isDone) return;
    window.addEventListener("keydown", interrupt, true);
    window.addEventListener("pointerdown", interrupt, true);
    look();
  });
}
