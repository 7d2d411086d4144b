import { applyNodeChanges, Background, BackgroundVariant, type NodeChange, type NodeProps, ReactFlow, useReactFlow } from "@xyflow/react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue } from "../api/pieces";
import { type Exit, type Exits, type FlowDocument, linesOf, START } from "../graph/document";
import { placesOf, shownExits, widthOf } from "./cards";
import { StartCard, type StartNode } from "./StartCard";
import { StepCard, type StepNode } from "./StepCard";
import { StillLine, type StillLineEdge, type Traced } from "./StillLine";
import { Tools } from "./Tools";

/** What is told of a card: whether it fades away, its place in an order, and whatever stands below it. */
export interface Marking {
  isAway?: boolean;
  order?: string | undefined;
  note?: ReactNode;
}

type MarkedStep = StepNode & { data: StepNode["data"] & { marking: Marking | undefined } };
type MarkedStart = StartNode & { data: StartNode["data"] & { marking: Marking | undefined } };
type Card = MarkedStep | MarkedStart;

const CARDS = { step: MarkedStepCard, start: MarkedStartCard };
const LINES = { line: StillLine };
const MANY = 80;
const USUAL_HEIGHT = 110;
const WHOLE = { padding: 0.08, maxZoom: 1 };

interface Shown {
  flow: FlowDocument;
  exits: Exits;
  /** By step, and `START` for what starts the flow. */
  markings: Record<string, Marking>;
  /** By line, as `lineKey` names them. */
  traced: Record<string, Traced>;
  onCard?: (step: string) => void;
  children?: ReactNode;
}

/** What a line is called among those of its flow. */
export const lineKey = (from: string, exit: string) => `${from}:${exit}`;

/** A flow as a picture that nobody changes, with something told of its cards and lines. */
export function Still({ flow, exits, markings, traced, onCard, children }: Shown) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const [cards, setCards] = useState<Card[]>([]);
  const lines = useMemo(() => drawnLines(flow, exits, traced), [flow, exits, traced]);
  useEffect(() => {
    setCards((before) => {
      const known = new Map(before.map((card) => [card.id, card]));
      return drawnCards(flow, exits, catalogue, markings).map((card) => {
        const was = known.get(card.id);
        return was ? ({ ...was, ...card, position: was.position } as Card) : card;
      });
    });
  }, [flow, exits, catalogue, markings]);
  useLayOut(flow, exits, cards, setCards);
  const onNodesChange = useCallback((changes: NodeChange<Card>[]) => {
    setCards((now) => applyNodeChanges(changes.filter((change) => change.type !== "remove" && change.type !== "select"), now));
  }, []);
  return (
    <div className="canvas canvas-still">
      <ReactFlow
        nodes={cards}
        edges={lines}
        nodeTypes={CARDS}
        edgeTypes={LINES}
        onNodesChange={onNodesChange}
        onNodeClick={(_, card) => onCard?.(card.id)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        ariaLabelConfig={{ "node.a11yDescription.default": t("runs.still"), "edge.a11yDescription.default": t("runs.still") }}
        minZoom={0.2}
        maxZoom={1.6}
        attributionPosition="bottom-left"
        onlyRenderVisibleElements={cards.length > MANY}
        fitView
        fitViewOptions={WHOLE}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} color="var(--dot)" />
        <Tools />
        {children}
      </ReactFlow>
    </div>
  );
}

function MarkedStepCard(props: NodeProps<MarkedStep>) {
  return (
    <Marked marking={props.data.marking}>
      <StepCard {...props} />
    </Marked>
  );
}

function MarkedStartCard(props: NodeProps<MarkedStart>) {
  return (
    <Marked marking={props.data.marking}>
      <StartCard {...props} />
    </Marked>
  );
}

function Marked({ marking = {}, children }: { marking: Marking | undefined; children: ReactNode }) {
  return (
    <div className="marked" data-away={marking.isAway || undefined} data-hit={marking.order ? true : undefined}>
      {children}
      {marking.order && <span className="marked-order figures">{marking.order}</span>}
      {marking.note && <div className="marked-note figures">{marking.note}</div>}
    </div>
  );
}

function drawnCards(
  flow: FlowDocument,
  exits: Exits,
  catalogue: ReturnType<typeof useCatalogue>,
  markings: Record<string, Marking>,
): Card[] {
  const position = { x: 0, y: 0 };
  const triggers = { triggers: flow.triggers, width: widthOf("start", 1), marking: markings[START] };
  const start: MarkedStart = { id: START, type: "start", position, data: triggers };
  const steps = Object.entries(flow.steps).map(([key, step]): MarkedStep => {
    const piece = catalogue.steps[step.type];
    const shown = shownExits(key, step, exits).map((name): Exit => exits[key]?.find((exit) => exit.name === name) ?? { name, label: name });
    const width = widthOf(piece?.group ?? "", shown.length);
    const ariaLabel = `${titleOf(piece, step.type)}: ${step.name ?? key}`;
    return { id: key, type: "step", position, data: { step, exits: shown, width, marking: markings[key] }, ariaLabel };
  });
  return [start, ...steps];
}

function drawnLines(flow: FlowDocument, exits: Exits, traced: Record<string, Traced>): StillLineEdge[] {
  return linesOf(flow, exits).map(({ from, exit, to }) => {
    const id = lineKey(from, exit);
    return { id, source: from, sourceHandle: exit, target: to, type: "line", data: { traced: traced[id] } };
  });
}

/** Lay the cards out once they are measured, and again when their sizes change. */
function useLayOut(flow: FlowDocument, exits: Exits, cards: Card[], setCards: (change: (cards: Card[]) => Card[]) => void): void {
  const view = useReactFlow<Card, StillLineEdge>();
  const laid = useRef("");
  const sizes = JSON.stringify(cards.map((card) => [card.id, card.measured?.width, card.measured?.height]));
  const isMeasured = cards.length === Object.keys(flow.steps).length + 1 && cards.every((card) => card.measured);
  useEffect(() => {
    if (!isMeasured || laid.current === sizes) return;
    const isFirst = laid.current === "";
    laid.current = sizes;
    const sizeOf = (key: string) => {
      const card = view.getNode(key);
      return { width: card?.measured?.width ?? card?.data.width ?? 264, height: card?.measured?.height ?? USUAL_HEIGHT };
    };
    const places = placesOf(flow, exits, sizeOf);
    setCards((now) => now.map((card) => ({ ...card, position: places.get(card.id) ?? card.position })));
    if (isFirst) requestAnimationFrame(() => void view.fitView(WHOLE));
  }, [isMeasured, sizes, flow, exits, setCards, view]);
}
