import type { Connection, FinalConnectionState } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { create } from "zustand";
import { edit, selectLine, useEditor } from "../editing/editor";
import { lead, type Place, placeOf } from "../graph/changes";
import { type Exits, type FlowDocument, type Line, START } from "../graph/document";
import { goOnAlike } from "./adding";
import { drawnLines, lineKey } from "./drawing";
import type { FlowLine } from "./Line";

const LINGER_MS = 400;

/** The line at which somebody points, or did a moment ago: what appears beside it then can be reached. */
export const usePointed = create<{ line: string | null }>(() => ({ line: null }));

let timer: ReturnType<typeof setTimeout> | undefined;

/** Somebody points at a line; null: no more. */
export function point(line: string | null): void {
  clearTimeout(timer);
  if (line !== null) usePointed.setState({ line });
  else timer = setTimeout(() => usePointed.setState({ line }), LINGER_MS);
}

/** The lines of the flow that is edited. The one that is selected lies above the others, so that its end is the one that is
 *  taken hold of where several enter a card. */
export function useLines(flow: FlowDocument, exits: Exits): FlowLine[] {
  const chosen = useEditor(({ line }) => line && lineKey(line.from, line.exit));
  const lines = useMemo(() => drawnLines(flow, exits).map((line): FlowLine => ({ ...line, reconnectable: "target", selectable: false })), [flow, exits]);
  useEffect(() => {
    usePointed.setState(({ line }) => (lines.some(({ id }) => id === line) ? {} : { line: null })); // nobody hears the pointer leave what is gone
  }, [lines]);
  return useMemo(() => {
    const above = lines.find((line) => line.id === chosen);
    return above ? [...lines.filter((line) => line !== above), { ...above, selected: true }] : lines;
  }, [lines, chosen]);
}

/** Select the line on which somebody clicks. */
export function choose({ source, sourceHandle }: FlowLine): void {
  selectLine({ from: source, exit: sourceHandle ?? "" });
}

/** Take a line away: its way out leads nowhere then. */
export function cut(line: Pick<Line, "from" | "exit">): void {
  edit((draft) => lead(draft, placeOf(line), null));
}

/** Let a way out lead to a card: a new line, or another end for the one that is there. */
export function connect({ source, sourceHandle, target }: Connection): void {
  const place = placeOf({ from: source, exit: sourceHandle ?? "" });
  if (target === START) return;
  edit((draft) => {
    lead(draft, place, target);
    goOnAlike(draft, place);
  });
}

/** A line that is let go anywhere on another card leads there; on the canvas itself `ask` asks what it is to lead to. */
export function letGo(event: MouseEvent | TouchEvent, { isValid, fromHandle }: FinalConnectionState, ask: (place: Place, at: DOMRect) => void): void {
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  if (isValid || fromHandle?.type !== "source" || !at) return;
  const { nodeId: from, id: exit = null } = fromHandle;
  const below = document.elementsFromPoint(at.clientX, at.clientY);
  const target = below.map((element) => element.closest<HTMLElement>(".react-flow__node")).find((card) => card !== null)?.dataset.id;
  if (target !== undefined) {
    if (target !== from) connect({ source: from, sourceHandle: exit, target, targetHandle: null });
  } else if (below[0]?.matches(".react-flow__pane, .react-flow__pane *")) ask(placeOf({ from, exit: exit ?? "" }), new DOMRect(at.clientX, at.clientY));
}
