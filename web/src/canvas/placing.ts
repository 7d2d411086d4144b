import { applyNodeChanges, type Node, type NodeChange, useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Exits, type FlowDocument, linesOf } from "../graph/document";
import type { Size } from "../graph/layout";
import { placesOf } from "./cards";
import { WHOLE } from "./drawing";

const USUAL_WIDTH = 264;
const USUAL_HEIGHT = 110;

type Placed = Node<{ width: number }>;
type SetCards<C> = (change: (cards: C[]) => C[]) => void;

/** The cards as they are on screen: what is drawn anew keeps its measures and its place. `change` takes what the canvas
 *  says of them, but for what is selected and what is gone: that is their owner's. */
export function useCards<C extends Placed>(drawn: readonly C[]) {
  const [cards, setCards] = useState<C[]>([]);
  useEffect(() => {
    setCards((before) => {
      const known = new Map(before.map((card) => [card.id, card]));
      return drawn.map((card) => {
        const was = known.get(card.id);
        return was ? { ...was, ...card, position: was.position } : card;
      });
    });
  }, [drawn]);
  const change = useCallback((changes: NodeChange<C>[]) => {
    setCards((now) => applyNodeChanges(changes.filter((one) => one.type !== "remove" && one.type !== "select"), now));
  }, []);
  return { cards, setCards, change };
}

/**
 * Lay the cards out once they are measured, and again whenever their sizes or what leads where have changed. `isFitted`
 * says whether the view then shows the whole. Gives what lays a flow out when asked.
 */
export function usePlacing<C extends Placed>(
  flow: FlowDocument,
  exits: Exits,
  cards: readonly C[],
  setCards: SetCards<C>,
  isFitted: (isFirst: boolean) => boolean,
) {
  const view = useReactFlow();
  const placed = useRef("");
  const sizes = cards.map((card) => `${card.measured?.width}x${card.measured?.height}`);
  const structure = JSON.stringify([flow.start, linesOf(flow, exits), Object.keys(flow.steps), sizes]);
  const isMeasured = cards.length === Object.keys(flow.steps).length + 1 && cards.every((card) => card.measured);

  const place = useCallback(
    (drawing: FlowDocument, isWhole: boolean) => {
      const sizeOf = (key: string): Size => {
        const card = view.getNode(key);
        const width = card?.measured?.width ?? Number(card?.data.width ?? USUAL_WIDTH);
        return { width, height: card?.measured?.height ?? USUAL_HEIGHT };
      };
      const places = placesOf(drawing, exits, sizeOf);
      setCards((now) => now.map((card) => ({ ...card, position: places.get(card.id) ?? card.position })));
      if (isWhole) requestAnimationFrame(() => void view.fitView({ duration: 200, ...WHOLE }));
    },
    [exits, setCards, view],
  );

  useEffect(() => {
    if (!isMeasured || placed.current === structure) return;
    const isFirst = placed.current === "";
    placed.current = structure;
    place(flow, isFitted(isFirst));
  }, [isMeasured, structure, place, flow, isFitted]);
  return place;
}

/** Whether the view is the visitor's: it is from their first gesture on. */
export function useSettled() {
  const isSettled = useRef(false);
  useEffect(() => {
    const settle = () => {
      isSettled.current = true;
    };
    window.addEventListener("pointerdown", settle, { once: true });
    window.addEventListener("keydown", settle, { once: true });
    return () => {
      window.removeEventListener("pointerdown", settle);
      window.removeEventListener("keydown", settle);
    };
  }, []);
  return isSettled;
}
