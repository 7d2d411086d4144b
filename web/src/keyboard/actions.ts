import { goOnAlike, onward } from "../canvas/adding";
import { edit, markAll, marked, redoLast, select, undoLast, useEditor } from "../editing/editor";
import { lead, moveEarlier, movePath, type Place, placeOf, placesThatLeadTo, removeSteps } from "../graph/changes";
import { START } from "../graph/document";
import { beside, type Direction, walkOrder, withAllAfter } from "../graph/walk";
import { chooseStep, chooseTarget, placeAfter } from "./choosing";
import { type Desk, goTo, labelOf, nameOf, waysOut } from "./desk";
import { focusStep, type Spot, spotOf } from "./spot";
import { tell, useKeyboard } from "./state";

/** What a key does at a step. False: nothing, so the key is the browser's. */
export type Action = (desk: Desk, spot: Spot) => unknown;

const now = () => useEditor.getState();

/** Go to the card beside one. */
export const walk =
  (direction: Direction): Action =>
  (desk, { key }) => {
    const to = beside(now().flow, now().exits, key, direction);
    if (to === null) tell(desk.t("keyboard.nothing_there"));
    else goTo(desk, to);
  };

/** Go to the next card in the order of the flow; after the last one Tab goes on as everywhere. */
export const goOn =
  (by: number): Action =>
  (desk, { key }) => {
    const order = walkOrder(now().flow, now().exits);
    const to = order[order.indexOf(key) + by];
    return to === undefined ? false : goTo(desk, to);
  };

export const goToEnd =
  (place: number): Action =>
  (desk) =>
    goTo(desk, walkOrder(now().flow, now().exits).at(place) ?? START);

/** Select the card beside one as well; back over one that is selected already takes it out again. */
export const extend =
  (direction: Direction): Action =>
  (desk, { key }) => {
    const to = beside(now().flow, now().exits, key, direction);
    if (to === null || to === START) return tell(desk.t("keyboard.nothing_there"));
    const before = selectedAt(key);
    markAll(before.includes(to) ? [...before.filter((one) => one !== key && one !== to), to] : [...before, to]);
    tellSelected(desk);
    goTo(desk, to, { isSelected: false });
  };

/** Select a step and all that follows it. */
export const extendToEnd: Action = (desk, { key }) => {
  markAll(withAllAfter(now().flow, now().exits, key).reverse());
  tellSelected(desk);
};

export function selectAll(desk: Desk): void {
  markAll(walkOrder(now().flow, now().exits).slice(1).reverse());
  tellSelected(desk);
}

function tellSelected({ t }: Desk): void {
  tell(t("keyboard.selected", { count: marked().length }));
}

/** The steps that a key is about: those that are selected with the one that has the focus, else that one alone. */
export function selectedAt(key: string): readonly string[] {
  const all = marked();
  return all.includes(key) ? all : key in now().flow.steps ? [key] : [];
}

export const unselect: Action = () => (now().selected === null && now().line === null ? false : select(null));

/** Add a step after one, by the way out that somebody chooses. */
export const addAfter: Action = async (desk, spot) => {
  const { t } = desk;
  const title = t("keyboard.add_after", { name: nameOf(desk, spot.key) });
  const place = await placeAfter(desk, spot, title, true);
  if (!place) return stay(spot, hasNoExit(desk, spot.key) ? t("keyboard.no_exit") : "");
  spot.element.focus();
  desk.quickAdd({
    place,
    anchor: spot.element,
    then: (key) => {
      tell(t("keyboard.added", { name: nameOf(desk, key) }));
      goTo(desk, key, { inOutline: !spot.isCard });
    },
  });
};

/** Let a way out of a step lead to another step, or nowhere. */
export const connect: Action = async (desk, spot) => {
  const { t } = desk;
  const title = t("keyboard.connect", { name: nameOf(desk, spot.key) });
  const place = await placeAfter(desk, spot, title, false);
  if (!place) return stay(spot, hasNoExit(desk, spot.key) ? t("keyboard.no_exit") : "");
  const exit = wayOut(desk, place);
  const chosen = await chooseTarget(desk, spot.key, t("keyboard.connect_exit", { exit }));
  if (chosen) leadTo(desk, place, chosen.to, exit);
  stay(spot);
};

function leadTo(desk: Desk, place: Place, to: string | null, exit: string): void {
  edit((draft) => {
    lead(draft, place, to);
    goOnAlike(draft, place);
  });
  tell(to === null ? desk.t("keyboard.disconnected", { exit }) : desk.t("keyboard.connected", { exit, name: nameOf(desk, to) }));
}

/** What the way out is called by which a line leaves. */
function wayOut({ t }: Desk, place: Place): string {
  return "from" in place ? labelOf(place.from, place.exit) : t("inspector.start");
}

function hasNoExit(desk: Desk, key: string): boolean {
  return key !== START && waysOut(desk, key).length === 0;
}

function stay(spot: Spot, sentence = ""): void {
  if (sentence) tell(sentence, true);
  focusStep(spot.key, !spot.isCard, spot.exit);
}

/** Take away what is selected, or the line of a way out. */
export const remove: Action = (desk, spot) => {
  if (spot.exit !== null) return cut(desk, placeOf({ from: spot.key, exit: spot.exit }));
  const gone = selectedAt(spot.key);
  if (gone.length === 0) return tell(desk.t("keyboard.start_stays"), true);
  const left = stillThere(gone, spot.key);
  edit((draft) => removeSteps(draft, gone));
  select(null);
  tell(desk.t("keyboard.removed", { count: gone.length }));
  goTo(desk, left, { inOutline: !spot.isCard });
};

function cut(desk: Desk, place: Place): void {
  leadTo(desk, place, null, wayOut(desk, place));
}

/** What has the focus once steps are gone: the nearest that led there. */
function stillThere(gone: readonly string[], key: string): string {
  let left: string | null = key;
  for (let tries = 0; left !== null && gone.includes(left) && tries < gone.length + 1; tries++) left = beside(now().flow, now().exits, left, "up");
  return left === null || gone.includes(left) ? START : left;
}

/** Let a step change places with the one before it (-1) or after it (+1). */
export const move =
  (by: number): Action =>
  (desk, spot) => {
    const { flow } = now();
    const onwardOf = (key: string) => {
      const piece = desk.catalogue.steps[flow.steps[key]?.type ?? ""];
      return piece ? onward(piece) : null;
    };
    const moved = by < 0 ? spot.key : (flow.steps[spot.key]?.next?.[onwardOf(spot.key) ?? ""] ?? "");
    let isDone = false;
    edit((draft) => {
      isDone = moveEarlier(draft, moved, onwardOf(moved));
    });
    tellMoved(desk, spot, isDone);
  };

/** Let a path come earlier or later among those of its branch; on a card, the one that leads there. */
export const moveAside =
  (by: number): Action =>
  (desk, spot) => {
    const path = pathAt(desk, spot);
    let isDone = false;
    edit((draft) => {
      isDone = path !== null && movePath(draft, path.from, path.setting, path.exit, by);
    });
    tellMoved(desk, spot, isDone);
  };

/** The path of a branch that a way out is, or by which a step is reached, and the setting in which it is. */
export function pathAt({ catalogue }: Desk, { key, exit }: Spot): { from: string; exit: string; setting: string } | null {
  const place = exit !== null ? { from: key, exit } : placesThatLeadTo(now().flow, key)[0];
  if (!place || !("from" in place)) return null;
  const step = now().flow.steps[place.from];
  const setting = catalogue.steps[step?.type ?? ""]?.fields.find((field) => field.kind === "paths")?.name;
  return setting === undefined ? null : { ...place, setting };
}

function tellMoved(desk: Desk, spot: Spot, isDone: boolean): void {
  const name = spot.exit === null ? nameOf(desk, spot.key) : wayOut(desk, placeOf({ from: spot.key, exit: spot.exit }));
  tell(desk.t(isDone ? "keyboard.moved" : "keyboard.not_moved", { name }), !isDone);
  if (isDone) goTo(desk, spot.key, { inOutline: !spot.isCard });
}

export const openMenu: Action = (_, spot) => {
  const box = spot.element.getBoundingClientRect();
  useKeyboard.setState({ menu: { spot, x: box.left + Math.min(40, box.width / 2), y: box.top + Math.min(40, box.height) } });
};

/** Find a step, and go there. */
export async function find(desk: Desk): Promise<void> {
  const spot = spotOf(document.activeElement);
  const key = await chooseStep(desk, desk.t("keyboard.find"));
  if (key !== null) goTo(desk, key, { isCentred: true, isSelected: true });
  else if (spot) stay(spot);
}

/** Undo or redo; where that takes away the card with the focus, what led to it has the focus. */
export const takeBack = (isAgain: boolean) => (desk: Desk) => {
  const { flow } = now();
  const spot = spotOf(document.activeElement);
  const above = spot && beside(now().flow, now().exits, spot.key, "up");
  (isAgain ? redoLast : undoLast)();
  const isDone = now().flow !== flow;
  const done = isAgain ? "redone" : "undone";
  const none = isAgain ? "nothing_to_redo" : "nothing_to_undo";
  tell(desk.t(`keyboard.${isDone ? done : none}`), !isDone);
  if (spot && spot.key !== START && !(spot.key in now().flow.steps)) goTo(desk, above && above in now().flow.steps ? above : START, { inOutline: !spot.isCard });
};
