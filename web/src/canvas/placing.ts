import { applyNodeChanges, getViewportForBounds, type Node, type NodeChange, type Rect, useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Exits, type FlowDocument, linesOf } from "../graph/document";
import type { Size } from "../graph/layout";
import { placesOf } from "./cards";
import { WHOLE } from "./drawing";

const USUAL_WIDTH = 264;
const USUAL_HEIGHT = 110;
/** What stands below a card: a + where it leads nowhere yet. */
const BELOW = 64;
/** Smaller than this nobody reads a card. */
const LEAST_ZOOM = 0.6;
const MOVING_MS = 200;

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
 * says whether the view then shows the whole; one's own new card is in sight in any case. Gives what lays a flow out when
 * asked.
 */
export function usePlacing<C extends Placed>(
  flow: FlowDocument,
  exits: Exits,
  cards: readonly C[],
  setCards: SetCards<C>,
  isFitted: (isFirst: boolean) => boolean,
) {
  const view = useReactFlow();
  const screen = useStoreApi();
  const placed = useRef("");
  const known = useRef(new Set<string>());
  const own = cards.find((card) => card.selected)?.id ?? "";
  const sizes = cards.map((card) => `${card.measured?.width}x${card.measured?.height}`);
  const structure = JSON.stringify([flow.start, linesOf(flow, exits), Object.keys(flow.steps), sizes]);
  const isMeasured = cards.length === Object.keys(flow.steps).length + 1 && cards.every((card) => card.measured);

  /** Move the view as little as it takes to see a card: all the flow while that can be read, else the card alone. */
  const show = useCallback(
    ({ x, y, width, height }: Rect) => {
      const { width: across, height: down } = screen.getState();
      const { x: left, y: top, zoom } = view.getViewport();
      const isInSight = x * zoom + left >= 0 && y * zoom + top >= 0 && (x + width) * zoom + left <= across && (y + height + BELOW) * zoom + top <= down;
      if (isInSight) return;
      const whole = getViewportForBounds(view.getNodesBounds(view.getNodes()), across, down, 0, WHOLE.maxZoom, WHOLE.padding);
      if (whole.zoom >= LEAST_ZOOM) void view.fitView({ duration: MOVING_MS, ...WHOLE });
      else void view.setCenter(x + width / 2, y + height / 2, { duration: MOVING_MS, zoom: Math.max(zoom, LEAST_ZOOM) });
    },
    [screen, view],
  );

  const place = useCallback(
    (drawing: FlowDocument, isWhole: boolean) => {
      const sizeOf = (key: string): Size => {
        const card = view.getNode(key);
        const width = card?.measured?.width ?? Number(card?.data.width ?? USUAL_WIDTH);
        return { width, height: card?.measured?.height ?? USUAL_HEIGHT };
      };
      const places = placesOf(drawing, exits, sizeOf);
      setCards((now) => now.map((card) => ({ ...card, position: places.get(card.id) ?? card.position })));
      const duration = known.current.size ? MOVING_MS : 0; // there is nothing to move yet when a flow is opened
      const isNew = own !== "" && !known.current.has(own);
      known.current = new Set(Object.keys(drawing.steps));
      requestAnimationFrame(() => {
        const at = places.get(own);
        if (isWhole) void view.fitView({ duration, ...WHOLE });
        else if (isNew && at) show({ ...at, ...sizeOf(own) });
      });
    },
    [exits, setCards, own, show, view],
  );

  useEffect(() => {
    if (!isMeasured || placed.current === structure) return;
    const isFirst = placed.current === "";
    placed.current = structure;
    place(flow, isFitted(isFirst));
  }, [isMeasured, structure, place, flow, isFitted]);
  return place;
}

/** Whether cards stand anywhere yet: before that, lines would be drawn only to be drawn anew. */
export function arePlaced(cards: readonly Placed[]): boolean {
  return cards.some(({ position }) => position.x !== 0 || position.y !== 0);
}

/** Keep a drawing in view as a whole, if it was, when the room for it changes: a panel beside it opens or closes. */
export function useKeepWhole(): void {
  const view = useReactFlow();
  const width = useStore((canvas) => canvas.width);
  const before = useRef(width);
  useEffect(() => {
    const was = before.current;
    before.current = width;
    const { x, zoom } = view.getViewport();
    const bounds = view.getNodesBounds(view.getNodes());
    const wasWhole = was > 0 && bounds.x * zoom + x >= 0 && (bounds.x + bounds.width) * zoom + x <= was;
    if (was !== width && wasWhole) void view.fitView({ duration: MOVING_MS, ...WHOLE });
  }, [width, view]);
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
