import type { ReactFlowInstance } from "@xyflow/react";
import type { TFunction } from "i18next";
import { type Catalogue, catalogueNow } from "../api/pieces";
import { shownExits } from "../canvas/cards";
import type { useQuickAdd } from "../canvas/QuickAdd";
import { exitCalled, stepCalled } from "../editing/called";
import { select, useEditor } from "../editing/editor";
import { exitNames } from "../graph/document";
import { focusSoon, focusStep, type Spot } from "./spot";

/** What the keys work with. */
export interface Desk {
  view: ReactFlowInstance;
  t: TFunction;
  catalogue: Catalogue;
  quickAdd: ReturnType<typeof useQuickAdd>;
  /** Makes room for the settings of a step. */
  onSettings: () => void;
}

const MARGIN = 60;
const USUAL = { width: 264, height: 110 };
const FIELDS = ":is(input, textarea, select, [contenteditable=true], button):not([disabled], [type=hidden], [tabindex='-1'])";

/** What a step is called; what starts the flow has a name, too. */
export function nameOf({ t, catalogue }: Pick<Desk, "t" | "catalogue">, key: string): string {
  const { flow } = useEditor.getState();
  return key in flow.steps ? stepCalled(flow, catalogue, key) : t("inspector.start");
}

/** What a way out is called. */
export function labelOf(key: string, exit: string): string {
  const { exits, flow } = useEditor.getState();
  return exitCalled(flow, exits, catalogueNow(), key, exit);
}

/** The ways out of a step: those that its card shows, and then the seldom ones. Before the server has said which they
 *  are, those that all of its type have. */
export function waysOut({ catalogue }: Desk, key: string): string[] {
  const { flow, exits } = useEditor.getState();
  const step = flow.steps[key];
  if (!step) return [];
  if (!(key in exits)) return [...new Set([...(catalogue.steps[step.type]?.exits ?? []), ...Object.keys(step.next ?? {})])];
  return [...new Set([...shownExits(key, step, exits), ...exitNames(key, step, exits)])];
}

interface Going {
  inOutline?: boolean;
  isCentred?: boolean;
  isSelected?: boolean;
}

/** Go to a step: its card comes into view and has the focus, or its row in the outline. While settings are open, they are
 *  those of the step that has the focus. */
export function goTo(desk: Desk, key: string, { inOutline = false, isCentred = false, isSelected = useEditor.getState().selected !== null }: Going = {}): void {
  if (isSelected) select(key);
  focusStep(key, inOutline);
  if (desk.view.getNode(key)?.measured) bringIntoView(desk, key, isCentred);
  else setTimeout(() => bringIntoView(desk, key, isCentred), LAID_OUT_MS);
}

/** By then a new card is measured, and stands where it belongs. */
const LAID_OUT_MS = 150;

function bringIntoView({ view }: Desk, key: string, isCentred: boolean): void {
  const card = view.getNode(key);
  const board = document.querySelector(".canvas")?.getBoundingClientRect();
  if (!card || !board) return;
  const { width = USUAL.width, height = USUAL.height } = card.measured ?? {};
  const middle = { x: card.position.x + width / 2, y: card.position.y + height / 2 };
  const at = view.flowToScreenPosition(middle);
  const isSeen = at.x > board.left + MARGIN && at.x < board.right - MARGIN && at.y > board.top + MARGIN && at.y < board.bottom - MARGIN;
  if (isCentred || !isSeen) void view.setCenter(middle.x, middle.y, { zoom: Math.max(view.getZoom(), LEGIBLE) });
}

const LEGIBLE = 0.5;
let cameFrom: Spot | null = null;

/** The settings of a step, with the focus in the first field. */
export function openSettings(desk: Desk, spot: Spot): void {
  cameFrom = spot;
  desk.onSettings();
  select(spot.key);
  bringIntoView(desk, spot.key, false);
  focusSoon(`.inspector-body ${FIELDS}`, ".inspector-name", ".inspector-head button");
}

/** From the settings back to the step that they are of, in the outline if that is where one came from. */
export function leaveSettings(): void {
  const { selected } = useEditor.getState();
  if (selected !== null) focusStep(selected, cameFrom?.key === selected && !cameFrom.isCard);
}
