import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  ConnectionLineType,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Catalogue, titleOf, useCatalogue } from "../api/pieces";
import { edit, select, useEditor } from "../editing/editor";
import { lead, type Place, removeSteps } from "../graph/changes";
import { type Exit, type Exits, type FlowDocument, linesOf, START } from "../graph/document";
import type { Size } from "../graph/layout";
import { add } from "./adding";
import { isPlacedByHand, placesOf, shownExits, widthOf } from "./cards";
import { type FlowLine, Line } from "./Line";
import { DRAGGED } from "./Palette";
import { StartCard, type StartNode } from "./StartCard";
import { StepCard, type StepNode } from "./StepCard";
import { Tools } from "./Tools";

type Card = StepNode | StartNode;

const CARDS = { step: StepCard, start: StartCard };
const LINES = { line: Line };
const MANY = 80;
const USUAL_HEIGHT = 110;

/** The drawing of the flow that is being edited. The editor owns it; the canvas proposes changes. */
export function Canvas() {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const view = useReactFlow<Card, FlowLine>();
  const { flow, exits, selected } = useEditor();
  const [cards, setCards] = useState<Card[]>([]);
  const [hasMap, setHasMap] = useState(false);

  const sizeOf = useCallback(
    (key: string): Size => {
      const card = view.getNode(key);
      return { width: card?.measured?.width ?? card?.data.width ?? 264, height: card?.measured?.height ?? USUAL_HEIGHT };
    },
    [view],
  );

  useEffect(() => {
    setCards((before) => {
      const known = new Map(before.map((card) => [card.id, card]));
      return drawnCards(flow, exits, selected, catalogue).map((card) => {
        const was = known.get(card.id);
        return was ? ({ ...was, ...card, position: was.position } as Card) : card;
      });
    });
  }, [flow, exits, selected, catalogue]);

  const lines = useMemo(() => drawnLines(flow, exits), [flow, exits]);
  const place = usePlacing(flow, exits, cards, sizeOf, setCards);

  const onNodesChange = useCallback((changes: NodeChange<Card>[]) => {
    const gone = changes.flatMap((change) => (change.type === "remove" && change.id !== START ? [change.id] : []));
    if (gone.length) edit((draft) => removeSteps(draft, gone));
    // Enter on a focused card arrives as a selection; the editor stays its only owner.
    const picked = changes.find((change) => change.type === "select" && change.selected);
    if (picked?.type === "select") select(picked.id);
    setCards((now) => applyNodeChanges(changes.filter((change) => change.type !== "remove" && change.type !== "select"), now));
  }, []);

  return (
    <div className="canvas" onDragOver={allowDrop} onDrop={(event) => drop(event, catalogue, view.screenToFlowPosition)}>
      <ReactFlow
        nodes={cards}
        edges={lines}
        nodeTypes={CARDS}
        edgeTypes={LINES}
        onNodesChange={onNodesChange}
        onNodeClick={(_, card) => select(card.id)}
        onPaneClick={() => select(null)}
        onNodeDragStop={(_, card) => moved(card, view.getNodes())}
        onConnect={connect}
        onEdgesDelete={(gone) => edit((draft) => gone.forEach((line) => lead(draft, placeOf(line.source, line.sourceHandle), null)))}
        connectionLineType={ConnectionLineType.SmoothStep}
        ariaLabelConfig={{ "node.a11yDescription.default": t("flow.card_help"), "edge.a11yDescription.default": t("flow.line_help") }}
        minZoom={0.2}
        maxZoom={1.6}
        deleteKeyCode={["Delete", "Backspace"]}
        attributionPosition="bottom-left"
        onlyRenderVisibleElements={cards.length > MANY}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} color="var(--dot)" />
        {hasMap && (
          <MiniMap
            pannable
            zoomable
            style={{ bottom: 52 }}
            nodeColor="var(--line-strong)"
            bgColor="var(--surface)"
            maskColor="color-mix(in srgb, var(--canvas) 70%, transparent)"
          />
        )}
        <Tools onTidy={() => place(true)} onMap={() => setHasMap(!hasMap)} />
      </ReactFlow>
    </div>
  );
}

function drawnCards(flow: FlowDocument, exits: Exits, selected: string | null, catalogue: Catalogue): Card[] {
  const start: StartNode = {
    id: START,
    type: "start",
    position: { x: 0, y: 0 },
    data: { triggers: flow.triggers, width: widthOf("start", 1) },
    selected: selected === START,
    deletable: false,
  };
  const steps = Object.entries(flow.steps).map(([key, step]): StepNode => {
    const piece = catalogue.steps[step.type];
    const shown = shownExits(key, step, exits).map((name): Exit => exits[key]?.find((exit) => exit.name === name) ?? { name, label: name });
    return {
      id: key,
      type: "step",
      position: { x: 0, y: 0 },
      data: { step, exits: shown, width: widthOf(piece?.group ?? "", shown.length) },
      selected: selected === key,
      ariaLabel: `${titleOf(piece, step.type)}: ${step.name ?? key}`,
    };
  });
  return [start, ...steps];
}

function drawnLines(flow: FlowDocument, exits: Exits): FlowLine[] {
  return linesOf(flow, exits).map(({ from, exit, to }) => ({
    id: `${from}:${exit}`,
    source: from,
    sourceHandle: exit,
    target: to,
    type: "line",
    data: {},
  }));
}

/** Lay the cards out once they are measured, and again whenever their sizes or what leads where have changed. */
function usePlacing(
  flow: FlowDocument,
  exits: Exits,
  cards: Card[],
  sizeOf: (key: string) => Size,
  setCards: (change: (cards: Card[]) => Card[]) => void,
) {
  const view = useReactFlow<Card, FlowLine>();
  const placed = useRef("");
  const isSettled = useRef(false); // from the first gesture on the view is the visitor's
  const sizes = cards.map((card) => `${card.measured?.width}x${card.measured?.height}`);
  const structure = JSON.stringify([flow.start, linesOf(flow, exits), Object.keys(flow.steps), sizes]);
  const isMeasured = cards.length === Object.keys(flow.steps).length + 1 && cards.every((card) => card.measured);

  const place = useCallback(
    (anew: boolean) => {
      const drawing = anew ? withoutPlaces(flow) : flow;
      const places = placesOf(drawing, exits, sizeOf);
      setCards((now) => now.map((card) => ({ ...card, position: places.get(card.id) ?? card.position })));
      if (anew && isPlacedByHand(flow))
        edit((draft) => {
          for (const step of Object.values(draft.steps)) delete step.at;
        });
      if (anew || !isSettled.current) requestAnimationFrame(() => void view.fitView({ duration: 200, padding: 0.08, maxZoom: 1 }));
    },
    [flow, exits, sizeOf, setCards, view],
  );

  useEffect(() => {
    if (!isMeasured || placed.current === structure) return;
    placed.current = structure;
    place(false);
  }, [isMeasured, structure, place]);
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
  return place;
}

function withoutPlaces(flow: FlowDocument): FlowDocument {
  const steps = Object.fromEntries(Object.entries(flow.steps).map(([key, { at: _, ...step }]) => [key, step]));
  return { ...flow, steps };
}

/** The first card that somebody moves fixes all: from then on they stand where people put them. */
function moved(card: Card, cards: Card[]): void {
  if (card.id === START) return;
  edit((draft) => {
    for (const one of isPlacedByHand(draft) ? [card] : cards) {
      const step = draft.steps[one.id];
      const at = one.id === card.id ? card.position : one.position;
      if (step) step.at = [Math.round(at.x), Math.round(at.y)];
    }
  });
}

function connect({ source, sourceHandle, target }: Connection): void {
  if (target !== START) edit((draft) => lead(draft, placeOf(source, sourceHandle), target));
}

function placeOf(source: string, exit: string | null | undefined): Place {
  return source === START ? { start: true } : { from: source, exit: exit ?? "" };
}

function allowDrop(event: DragEvent): void {
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
}

/** A step dropped on or near a line goes into that line, elsewhere it stands where it was dropped. */
function drop(event: DragEvent, catalogue: Catalogue, onCanvas: (at: { x: number; y: number }) => { x: number; y: number }): void {
  const piece = catalogue.steps[event.dataTransfer.getData(DRAGGED)];
  if (!piece) return;
  const below = document.elementsFromPoint(event.clientX, event.clientY);
  const line = below.map((element) => element.closest(".react-flow__edge")).find((element) => element !== null);
  const [source, exit] = line?.getAttribute("data-id")?.split(":") ?? [];
  const at = onCanvas({ x: event.clientX, y: event.clientY });
  add(piece, source !== undefined ? placeOf(source, exit) : { loose: [Math.round(at.x - 132), Math.round(at.y - 30)] });
}
