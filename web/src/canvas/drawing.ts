import { type Catalogue, titleOf } from "../api/pieces";
import { type Exit, type Exits, type FlowDocument, linesOf, START } from "../graph/document";
import { shownExits, widthOf } from "./cards";
import type { StartNode } from "./StartCard";
import type { StepNode } from "./StepCard";

export type Card = StepNode | StartNode;

/** A line, whoever draws it. */
export interface DrawnLine {
  id: string;
  source: string;
  sourceHandle: string;
  target: string;
  type: "line";
}

/** From this many cards on, those off screen are not drawn. */
export const MANY = 80;

/** The whole flow in view, but no card larger than life. */
export const WHOLE = { padding: 0.08, maxZoom: 1 };

/** What a line is called among those of its flow. */
export const lineKey = (from: string, exit: string) => `${from}:${exit}`;

/** The cards of a flow: what starts it, then its steps. Where they stand is laid out once they are measured. */
export function drawnCards(flow: FlowDocument, exits: Exits, catalogue: Catalogue): Card[] {
  const position = { x: 0, y: 0 };
  const start: StartNode = { id: START, type: "start", position, data: { triggers: flow.triggers, width: widthOf("start", 1) } };
  const steps = Object.entries(flow.steps).map(([key, step]): StepNode => {
    const piece = catalogue.steps[step.type];
    const shown = shownExits(key, step, exits).map((name): Exit => exits[key]?.find((exit) => exit.name === name) ?? { name, label: name, is_seldom: false });
    const width = widthOf(piece?.group ?? "", shown.length);
    const ariaLabel = `${titleOf(piece, step.type)}: ${step.name ?? key}`;
    return { id: key, type: "step", position, data: { step, exits: shown, width }, ariaLabel };
  });
  return [start, ...steps];
}

/** The lines of a flow. */
export function drawnLines(flow: FlowDocument, exits: Exits): DrawnLine[] {
  return linesOf(flow, exits).map(({ from, exit, to }) => ({
    id: lineKey(from, exit),
    source: from,
    sourceHandle: exit,
    target: to,
    type: "line",
  }));
}
