import { Background, BackgroundVariant, ConnectionLineType, MiniMap, ReactFlow, useReactFlow } from "@xyflow/react";
import { type DragEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Catalogue, useCatalogue } from "../api/pieces";
import { edit, mark, marked, select, useEditor } from "../editing/editor";
import { placeOf } from "../graph/changes";
import { type FlowDocument, START } from "../graph/document";
import { add } from "./adding";
import { isPlacedByHand } from "./cards";
import { BOARD, type Card, drawnCards, lineAt } from "./drawing";
import { type FlowLine, Line } from "./Line";
import { choose, connect, letGo, point, useLines } from "./lines";
import { Measuring } from "./Measuring";
import { DRAGGED } from "./Palette";
import { useQuickAdd } from "./QuickAdd";
import { useDrawing, useKeepWhole, useSettled } from "./placing";
import { StartCard } from "./StartCard";
import { StepCard } from "./StepCard";
import { Tools } from "./Tools";

const CARDS = { step: StepCard, start: StartCard };
const LINES = { line: Line };
/** How near to its end a line is taken hold of: the end itself is below the port of the card. */
const END_RADIUS = 18;

/** The drawing of the flow that is being edited. The editor owns it; the canvas proposes changes. `tools`: what stands
 *  among its tools besides. */
export function Canvas({ tools }: { tools?: ReactNode }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const view = useReactFlow<Card, FlowLine>();
  const quickAdd = useQuickAdd();
  const { flow, exits, selected, marked: several } = useEditor();
  const [hasMap, setHasMap] = useState(false);
  const [isLeading, setIsLeading] = useState(false);
  const drawn = useMemo(
    () => drawnCards(flow, exits, catalogue).map((card): Card => ({ ...card, selected: card.id === selected || several.includes(card.id) })),
    [flow, exits, selected, several, catalogue],
  );
  const lines = useLines(flow, exits);
  const isSettled = useSettled();
  const isFitted = useCallback(() => !isSettled.current, [isSettled]);
  const { shown, place, toMeasure, measured } = useDrawing(flow, exits, drawn, lines, isFitted);
  useKeepWhole();

  return (
    <div className="canvas" data-leading={isLeading || undefined} onDragOver={allowDrop} onDrop={(event) => drop(event, catalogue, view.screenToFlowPosition)}>
      {toMeasure && <Measuring cards={toMeasure} onMeasured={measured} />}
      <ReactFlow
        {...BOARD}
        {...shown}
        nodeTypes={CARDS}
        edgeTypes={LINES}
        onNodeClick={(event, card) => (event.shiftKey && card.id !== START ? mark(card.id) : select(card.id))}
        onNodeDragStart={(_, card) => marked().includes(card.id) || select(card.id)}
        onPaneClick={() => select(null)}
        onNodeDragStop={(_, __, dragged) => moved(dragged, view.getNodes())}
        onConnect={connect}
        onConnectStart={() => setIsLeading(true)}
        onConnectEnd={(event, line) => {
          setIsLeading(false);
          letGo(event, line, (place, at) => quickAdd({ place, anchor: { getBoundingClientRect: () => at } }));
        }}
        onReconnect={(_, connection) => connect(connection)}
        reconnectRadius={END_RADIUS}
        onEdgeClick={(_, line) => choose(line)}
        onEdgeMouseEnter={(_, line) => point(line.id)}
        onEdgeMouseLeave={() => point(null)}
        connectionLineType={ConnectionLineType.SmoothStep}
        ariaLabelConfig={{ "node.a11yDescription.default": t("flow.card_help"), "edge.a11yDescription.default": "" }}
        selectionKeyCode={null}
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
        <Tools onTidy={() => tidy(flow, place)} onMap={() => setHasMap(!hasMap)}>
          {tools}
        </Tools>
      </ReactFlow>
    </div>
  );
}

/** Lay the flow out whole, also what people placed by hand. */
function tidy(flow: FlowDocument, place: (drawing: FlowDocument, isWhole: boolean) => void): void {
  place(withoutPlaces(flow), true);
  if (isPlacedByHand(flow))
    edit((draft) => {
      for (const step of Object.values(draft.steps)) delete step.at;
    });
}

function withoutPlaces(flow: FlowDocument): FlowDocument {
  const steps = Object.fromEntries(Object.entries(flow.steps).map(([key, { at: _, ...step }]) => [key, step]));
  return { ...flow, steps };
}

/** The first card that somebody moves fixes all: from then on they stand where people put them. */
function moved(dragged: Card[], cards: Card[]): void {
  if (dragged.every((card) => card.id === START)) return;
  edit((draft) => {
    for (const one of isPlacedByHand(draft) ? dragged : cards) {
      const step = draft.steps[one.id];
      const at = (dragged.find((card) => card.id === one.id) ?? one).position;
      if (step) step.at = [Math.round(at.x), Math.round(at.y)];
    }
  });
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
  const name = line?.getAttribute("data-id");
  const at = onCanvas({ x: event.clientX, y: event.clientY });
  add(piece, name ? placeOf(lineAt(name)) : { loose: [Math.round(at.x - 132), Math.round(at.y - 30)] });
}
