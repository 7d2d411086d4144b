import { titleOf } from "../api/pieces";
import { shownExits } from "../canvas/cards";
import { isChecked, useEditor } from "../editing/editor";
import type { Place } from "../graph/changes";
import { START } from "../graph/document";
import { findSteps } from "../graph/find";
import { type Desk, labelOf, nameOf, waysOut } from "./desk";
import type { Spot } from "./spot";
import { ask, type Choice, useKeyboard } from "./state";

const NOWHERE = "·nowhere";

/** The place after a step: of several ways out somebody chooses one. Null: there is none, or they left it. `isQuick`: a
 *  step with one usual way out is not asked for the seldom ones. */
export async function placeAfter(desk: Desk, { key, exit }: Spot, title: string, isQuick: boolean): Promise<Place | null> {
  if (key === START) return { start: true };
  await exitsAreKnown(desk, key);
  const { flow, exits } = useEditor.getState();
  const step = flow.steps[key];
  if (!step) return null;
  const usual = key in exits ? shownExits(key, step, exits) : [];
  const ways = isQuick && usual.length === 1 ? usual : waysOut(desk, key);
  const chosen = exit ?? (ways.length > 1 ? await chooseExit(desk, key, ways, title) : (ways[0] ?? null));
  return chosen === null ? null : { from: key, exit: chosen };
}

/** The server says which ways out a step has: where that may just have changed it is waited for, but not for long. */
function exitsAreKnown({ catalogue }: Desk, key: string): Promise<void> {
  const isKnown = () => {
    const { flow, exits, saving } = useEditor.getState();
    const hasOwn = catalogue.steps[flow.steps[key]?.type ?? ""]?.has_own_exits;
    return key in exits && (!hasOwn || saving === "offline" || isChecked());
  };
  if (isKnown()) return Promise.resolve();
  useKeyboard.setState({ isWaiting: true });
  return new Promise((resolve) => {
    const go = () => {
      stop();
      clearTimeout(timer);
      useKeyboard.setState({ isWaiting: false });
      resolve();
    };
    const stop = useEditor.subscribe(() => isKnown() && go());
    const timer = setTimeout(go, MOST_MS);
  });
}

const MOST_MS = 2_000;

function chooseExit(desk: Desk, key: string, ways: readonly string[], title: string): Promise<string | null> {
  const { t } = desk;
  const next = useEditor.getState().flow.steps[key]?.next ?? {};
  const note = (exit: string) => (next[exit] ? t("keyboard.leads_to", { name: nameOf(desk, next[exit]) }) : t("keyboard.leads_nowhere"));
  const all = ways.map((exit): Choice => ({ value: exit, label: labelOf(key, exit), note: note(exit) }));
  const choices = (typed: string) => all.filter((one) => one.label.toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase()));
  return ask({ title, hint: t("keyboard.which_exit"), choices });
}

/** A step that somebody looks for, by what it is called or by anything in its settings. */
export function chooseStep(desk: Desk, title: string): Promise<string | null> {
  return ask({ title, hint: desk.t("keyboard.find_hint"), choices: (typed) => found(desk, typed) });
}

/** Where a way out is to lead; `to` is null for nowhere. */
export async function chooseTarget(desk: Desk, from: string, title: string): Promise<{ to: string | null } | null> {
  const { t } = desk;
  const nowhere: Choice = { value: NOWHERE, label: t("keyboard.nowhere") };
  const isMeant = (typed: string) => nowhere.label.toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase());
  const choices = (typed: string) => [...found(desk, typed).filter((one) => one.value !== from), ...(isMeant(typed) ? [nowhere] : [])];
  const chosen = await ask({ title, hint: t("keyboard.find_hint"), choices });
  return chosen === null ? null : { to: chosen === NOWHERE ? null : chosen };
}

function found(desk: Desk, typed: string): Choice[] {
  const { flow, exits } = useEditor.getState();
  const { steps } = desk.catalogue;
  return findSteps(flow, exits, typed, (type) => titleOf(steps[type], type)).map(({ key, where }) => {
    const type = flow.steps[key]?.type ?? "";
    const title = titleOf(steps[type], type);
    const label = nameOf(desk, key);
    return { value: key, label, note: [label === title ? "" : title, where].filter(Boolean).join(" · "), type, group: steps[type]?.group ?? "" };
  });
}
