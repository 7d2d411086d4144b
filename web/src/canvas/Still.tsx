import { Background, BackgroundVariant, type NodeProps, ReactFlow } from "@xyflow/react";
import { type ReactNode, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../api/pieces";
import type { Mark } from "../graph/difference";
import type { Exits, FlowDocument, Line } from "../graph/document";
import { ChangeMark } from "./ChangeMark";
import { BOARD, drawnCards, drawnLine, drawnLines } from "./drawing";
import { Measuring } from "./Measuring";
import { useDrawing, useSettled } from "./placing";
import { StartCard, type StartNode } from "./StartCard";
import { StepCard, type StepNode } from "./StepCard";
import { StillLine, type StillLineEdge, type Traced } from "./StillLine";
import { Tools } from "./Tools";

/** What is told of a card: whether it fades away or is the chosen one, what became of it, its place in an order, and
 *  whatever stands below it. */
export interface Marking {
  isAway?: boolean;
  mark?: Mark;
  isChosen?: boolean;
  order?: string | undefined;
  note?: ReactNode;
}

type MarkedStep = StepNode & { data: StepNode["data"] & { marking: Marking | undefined } };
type MarkedStart = StartNode & { data: StartNode["data"] & { marking: Marking | undefined } };
type Card = MarkedStep | MarkedStart;

const CARDS = { step: MarkedStepCard, start: MarkedStartCard };
const LINES = { line: StillLine };

interface Shown {
  flow: FlowDocument;
  exits: Exits;
  /** By step, and `START` for what starts the flow. */
  markings: Record<string, Marking>;
  /** By line, as `lineKey` names them. */
  traced: Record<string, Traced>;
  onCard?: (step: string) => void;
  /** The lines to draw, where they are not those of the flow; `key` is what `traced` calls each. */
  lines?: readonly (Line & { key: string })[];
  /** The flow as it is laid out, where that needs more lines than are drawn. */
  laidOut?: FlowDocument;
  children?: ReactNode;
}

/** A flow as a picture that nobody changes, with something told of its cards and lines. */
export function Still({ flow, exits, markings, traced, onCard, lines: given, laidOut = flow, children }: Shown) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const lines = useMemo(
    () => (given ? given.map(drawnLine) : drawnLines(flow, exits)).map((line): StillLineEdge => ({ ...line, data: { traced: traced[line.id] } })),
    [flow, exits, traced, given],
  );
  const drawn = useMemo(
    () => drawnCards(flow, exits, catalogue).map((card) => ({ ...card, data: { ...card.data, marking: markings[card.id] } }) as Card),
    [flow, exits, catalogue, markings],
  );
  const isSettled = useSettled();
  const isFitted = useCallback((isFirst: boolean) => isFirst || (given !== undefined && !isSettled.current), [given, isSettled]);
  const { shown, toMeasure, measured } = useDrawing(laidOut, exits, drawn, lines, isFitted);
  // The picture is fitted once: cards are as large as they will be only when their types are known.
  if (Object.keys(catalogue.steps).length === 0) return <div className="canvas canvas-still" aria-busy />;
  return (
    <div className="canvas canvas-still">
      {toMeasure && <Measuring cards={toMeasure} onMeasured={measured} wrapped={(card, face) => <Marked marking={card.data.marking}>{face}</Marked>} />}
      <ReactFlow
        {...BOARD}
        {...shown}
        nodeTypes={CARDS}
        edgeTypes={LINES}
        onNodeClick={(_, card) => onCard?.(card.id)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        ariaLabelConfig={{ "node.a11yDescription.default": t("runs.still"), "edge.a11yDescription.default": t("runs.still") }}
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
    <div
      className="marked"
      data-away={marking.isAway || undefined}
      data-hit={marking.order ? true : undefined}
      data-chosen={marking.isChosen || undefined}
      data-mark={marking.mark}
    >
      {children}
      {marking.mark && <ChangeMark kind={marking.mark} />}
      {marking.order && <span className="marked-order figures">{marking.order}</span>}
      {marking.note && <div className="marked-note figures">{marking.note}</div>}
    </div>
  );
}
