import { shownExits } from "../canvas/cards";
import { edit, markAll, marked, useEditor } from "../editing/editor";
import { copySteps, follows, lead, pasteSteps, type Place } from "../graph/changes";
import { readSteps, written } from "../graph/clipboard";
import { START, type Step } from "../graph/document";
import { selectedAt } from "./actions";
import { type Desk, goTo } from "./desk";
import { isOver, isTyping, type Spot, spotOf } from "./spot";
import { tell } from "./state";

/** Whether what is copied or pasted is somebody's text, and no step. */
function isText(target: EventTarget | null): boolean {
  return !(target instanceof Element) || isTyping(target) || isOver(target) || target.closest(".canvas, .outline, body") === null || String(getSelection() ?? "") !== "";
}

/** Put what is selected into the clipboard. */
export function copy(desk: Desk, event: ClipboardEvent): void {
  const spot = spotOf(document.activeElement);
  const keys = spot ? selectedAt(spot.key) : marked();
  if (isText(event.target) || keys.length === 0) return;
  put(desk, event, keys);
}

/** Copy these steps, whatever has the focus; `true` where the browser allows it. */
export function copyThese(desk: Desk, keys: readonly string[]): boolean {
  const listen = (event: ClipboardEvent) => {
    event.stopImmediatePropagation();
    put(desk, event, keys);
  };
  window.addEventListener("copy", listen, { capture: true, once: true });
  const isDone = document.execCommand("copy");
  window.removeEventListener("copy", listen, { capture: true });
  return isDone;
}

function put({ t }: Desk, event: ClipboardEvent, keys: readonly string[]): void {
  event.clipboardData?.setData("text/plain", written(copySteps(useEditor.getState().flow, keys)));
  event.preventDefault();
  tell(t("keyboard.copied", { count: keys.length }));
}

/** Put the steps of the clipboard into the flow: after the step with the focus where its way on leads nowhere, else beside. */
export function paste(desk: Desk, event: ClipboardEvent): void {
  if (isText(event.target)) return;
  event.preventDefault();
  const steps = readSteps(event.clipboardData?.getData("text/plain") ?? "");
  if (!steps) return tell(desk.t("keyboard.no_steps"), true);
  const spot = spotOf(document.activeElement);
  const place = spot && openPlace(spot);
  let keys: string[] = [];
  edit((draft) => {
    keys = pasteSteps(draft, steps);
    const first = keys[Object.keys(steps).indexOf(firstOf(steps))];
    if (place && first !== undefined) lead(draft, place, first);
  });
  markAll([...keys].reverse());
  tell(desk.t(place ? "keyboard.pasted_after" : "keyboard.pasted", { count: keys.length }));
  goTo(desk, keys[0] ?? START, { inOutline: spot !== null && !spot.isCard, isSelected: false });
}

/** The way out of a step that leads nowhere yet. */
function openPlace({ key, exit }: Spot): Place | null {
  const { flow, exits } = useEditor.getState();
  const step = flow.steps[key];
  const ways = key === START || !step ? [] : exit !== null ? [exit] : shownExits(key, step, exits);
  const places: Place[] = key === START ? [{ start: true }] : ways.map((one) => ({ from: key, exit: one }));
  return places.find((place) => !follows(flow, place)) ?? null;
}

/** The step that none of the others leads to. */
function firstOf(steps: Record<string, Step>): string {
  const led = new Set(Object.entries(steps).flatMap(([key, step]) => Object.values(step.next ?? {}).filter((to) => to !== key)));
  const keys = Object.keys(steps);
  return keys.find((key) => !led.has(key)) ?? keys[0] ?? "";
}
