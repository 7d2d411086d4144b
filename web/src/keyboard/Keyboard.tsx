import { useReactFlow } from "@xyflow/react";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../api/pieces";
import { useQuickAdd } from "../canvas/QuickAdd";
import { selectLine, useEditor } from "../editing/editor";
import { START } from "../graph/document";
import { useEver } from "../shell/ever";
import { remove, selectedAt } from "./actions";
import { CardMenu } from "./CardMenu";
import { copy, paste } from "./carrying";
import { type Desk, goTo, leaveSettings, openSettings } from "./desk";
import { meaningOf } from "./keys";
import "./keyboard.css";
import { isOver, isTyping, noteFocus, spotAt, spotOf, spotOfLine } from "./spot";
import { CLOSED, useKeyboard } from "./state";

const Asking = lazy(() => import("./Asking"));
const Sheet = lazy(() => import("./Sheet"));

/** Everything of the builder that the keys do, and what they ask and tell. */
export default function Keyboard({ onSettings }: { onSettings: () => void }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const view = useReactFlow();
  const quickAdd = useQuickAdd();
  const desk = useMemo((): Desk => ({ view, t, catalogue, quickAdd, onSettings }), [view, t, catalogue, quickAdd, onSettings]);
  useListening(desk);
  useGoing(desk);
  useEffect(() => () => useKeyboard.setState(CLOSED), []);
  return (
    <>
      <button type="button" className="skip" onClick={() => goTo(desk, useEditor.getState().selected ?? START)}>
        {t("keyboard.skip")}
      </button>
      <CardMenu desk={desk} />
      <Told />
      <Dialogs />
    </>
  );
}

/** The dialogs, from when they are first wanted on. */
function Dialogs() {
  const isAsking = useEver(useKeyboard((keyboard) => keyboard.question !== null));
  const hasSheet = useEver(useKeyboard((keyboard) => keyboard.hasSheet));
  return (
    <Suspense>
      {isAsking && <Asking />}
      {hasSheet && <Sheet />}
    </Suspense>
  );
}

function useListening(desk: Desk): void {
  useEffect(() => {
    const leave = new AbortController();
    const listen = <K extends keyof WindowEventMap>(name: K, hear: (event: WindowEventMap[K]) => void) =>
      window.addEventListener(name, hear, { capture: true, signal: leave.signal });
    listen("keydown", (event) => press(desk, event));
    listen("focusin", (event) => noteFocus(event.target));
    listen("pointerdown", () => noteFocus(null));
    listen("contextmenu", (event) => openMenuAt(event));
    listen("copy", (event) => copy(desk, event));
    listen("cut", (event) => cut(desk, event));
    listen("paste", (event) => paste(desk, event));
    return () => leave.abort();
  }, [desk]);
}

function useGoing(desk: Desk): void {
  const wanted = useKeyboard((keyboard) => keyboard.wanted);
  useEffect(() => {
    if (wanted === null) return;
    useKeyboard.setState({ wanted: null });
    openSettings(desk, { key: wanted, exit: null, element: document.body, isCard: true });
  }, [desk, wanted]);
}

/** Before anything else on the page hears of a key: the canvas has keys of its own that would move cards about. */
function press(desk: Desk, event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.isComposing || isOver(target)) return;
  if (event.key === "Escape" && target.closest(".inspector") && !target.closest("[aria-expanded=true]")) return leaveSettings();
  if (isTyping(target)) return;
  if (useKeyboard.getState().isWaiting) return event.preventDefault();
  const spot = spotAt(target);
  const at = spot || target.closest(".canvas, .outline") ? "around" : target === document.body ? "nowhere" : "elsewhere";
  const gesture = meaningOf(event, spot, at);
  if (!gesture || gesture(desk) === false) return;
  event.preventDefault();
  event.stopPropagation();
}

function cut(desk: Desk, event: ClipboardEvent): void {
  const spot = spotOf(document.activeElement);
  copy(desk, event);
  if (event.defaultPrevented && spot && selectedAt(spot.key).length) remove(desk, { ...spot, exit: null });
}

function openMenuAt(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : document.body;
  const line = spotOfLine(target);
  const spot = line ?? spotOf(target.closest(".react-flow__node") ?? target);
  if (!spot || isTyping(target)) return;
  event.preventDefault();
  if (line) selectLine({ from: line.key, exit: line.exit ?? "" });
  useKeyboard.setState({ menu: { spot, x: event.clientX, y: event.clientY } });
}

/** What happened: heard by those who do not see it, and shown when it was refused. */
function Told() {
  const { sentence, isShown } = useKeyboard((keyboard) => keyboard.told);
  return (
    <div role="status" className="told" data-shown={(isShown && sentence !== "") || undefined}>
      {sentence}
    </div>
  );
}
