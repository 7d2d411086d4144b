import { applyNodeChanges, getViewportForBounds, type NodeChange, type Rect, useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Exits, type FlowDocument, linesOf } from "../graph/document";
import type { Point, Size } from "../graph/layout";
import { placesOf } from "./cards";
import { type Card, MANY, WHOLE } from "./drawing";
import { portsOf } from "./ports";

const USUAL_WIDTH = 264;
const USUAL_HEIGHT = 110;
/** What stands below a card: a + where it leads nowhere yet. */
const BELOW = 64;
const NO_LINES: never[] = [];
/** Smaller than this nobody reads a card. */
const LEAST_ZOOM = 0.6;
const MOVING_MS = 200;

type SetCards<C> = (change: (cards: C[]) => C[]) => void;

/**
 * The drawing of a flow: its cards where they stand, and the lines between them. Many cards are drawn once each has been
 * measured: `toMeasure` are those that wait for it, and `measured` takes their sizes. `place` lays the flow out when asked.
 */
export function useDrawing<C extends Card, L>(flow: FlowDocument, exits: Exits, drawn: readonly C[], lines: L[], isFitted: (isFirst: boolean) => boolean) {
  const { cards, setCards, change } = useCards(drawn);
  const { place, placed } = usePlacing(flow, exits, cards, setCards, isFitted);
  const measured = useCallback(
    (sizes: ReadonlyMap<string, Size>) => {
      const sizeOf = (key: string) => sizes.get(key) ?? { width: USUAL_WIDTH, height: USUAL_HEIGHT };
      const places = placesOf(flow, exits, (key) => rounded(sizeOf(key)));
      const standing = drawn.map((card) => standingAt(card, places.get(card.id) ?? card.position, sizeOf(card.id)));
      placed(standing);
      setCards(() => standing);
    },
    [flow, exits, drawn, setCards, placed],
  );
  const shown = { nodes: cards, edges: arePlaced(cards) ? lines : NO_LINES, onNodesChange: change, onlyRenderVisibleElements: cards.length > MANY };
  return { shown, place, toMeasure: cards.length === 0 && drawn.length > MANY ? drawn : null, measured };
}

/** A card that was measured elsewhere. Where its lines leave and enter is said as well, until it has been in sight. */
function standingAt<C extends Card>(card: C, position: Point, size: Size): C {
  return { ...card, position, measured: rounded(size), handles: portsOf(card, size) };
}

/** A size in whole pixels, as the canvas counts. */
function rounded({ width, height }: Size): Size {
  return { width: Math.round(width), height: Math.round(height) };
}

/** The cards as they are on screen: what is drawn anew keeps its measures and its place. `change` takes what the canvas
 *  says of them, but for what is selected and what is gone: that is their owner's. */
function useCards<C extends Card>(drawn: readonly C[]) {
  const [cards, setCards] = useState<C[]>([]);
  useEffect(() => {
    setCards((before) => {
      if (before.length === 0 && drawn.length > MANY) return before; // they are measured first
      const known = new Map(before.map((card) => [card.id, card]));
      return drawn.map((card) => {
        const was = known.get(card.id);
        return was ? { ...(was.data === card.data ? was : seen(was)), ...card, position: was.position } : card;
      });
    });
  }, [drawn]);
  const change = useCallback((changes: NodeChange<C>[]) => {
    const found = new Set(changes.map((one) => (one.type === "dimensions" ? one.id : "")));
    const own = changes.filter((one) => one.type !== "remove" && one.type !== "select");
    setCards((now) => applyNodeChanges(own, now).map((card) => (found.has(card.id) ? seen(card) : card)));
  }, []);
  return { cards, setCards, change };
}

/** A card of which the canvas knows itself where its lines leave and enter. */
function seen<C extends Card>({ handles: _, ...card }: C): C {
  return card as C;
}

/**
 * Lay the cards out once they are measured, and again whenever their sizes or what leads where have changed. `isFitted`
 * says whether the view then shows the whole; one's own new card is in sight in any case. Gives what lays a flow out when
 * asked, and what takes note of cards that were laid out elsewhere.
 */
function usePlacing<C extends Card>(
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
  const leads = useMemo(() => JSON.stringify([flow.start, linesOf(flow, exits), Object.keys(flow.steps)]), [flow, exits]);
  const structure = leads + sizesOf(cards);
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
  const note = useCallback(
    (standing: readonly C[]) => {
      placed.current = leads + sizesOf(standing);
      known.current = new Set(Object.keys(flow.steps));
    },
    [leads, flow],
  );
  return { place, placed: note };
}

function sizesOf(cards: readonly Card[]): string {
  return cards.map(({ measured }) => `${measured?.width}x${measured?.height}`).join();
}

/** Whether cards stand anywhere yet: before that, lines would be drawn only to be drawn anew. */
function arePlaced(cards: readonly Card[]): boolean {
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
