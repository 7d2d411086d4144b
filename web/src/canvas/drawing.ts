import { type Catalogue, exitWord, titleOf } from "../api/pieces";
import { type Exit, type Exits, type FlowDocument, inFlowOrder, type Line, linesOf, START, type Step } from "../graph/document";
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

/** The whole flow in view, above the tools that stand at the foot, but no card larger than life. */
export const WHOLE = { padding: { top: "36px", bottom: "88px", x: "4%" }, maxZoom: 1 } as const;

/** What holds for each drawing of a flow, whoever makes it. */
export const BOARD = {
  edgesFocusable: false,
  deleteKeyCode: null,
  minZoom: 0.2,
  maxZoom: 1.6,
  attributionPosition: "bottom-left",
  fitView: true,
  fitViewOptions: WHOLE,
} as const;

/** What a line is called among those of its flow. */
export const lineKey = (from: string, exit: string) => `${from}:${exit}`;

/** The line that is called so. */
export function lineAt(key: string): Pick<Line, "from" | "exit"> {
  const end = key.indexOf(":");
  return { from: key.slice(0, end), exit: key.slice(end + 1) };
}

/** The cards of a flow: what starts it, then its steps in the order in which a contact meets them, which is the order in
 *  which Tab goes through them. Where they stand is laid out once they are measured. */
export function drawnCards(flow: FlowDocument, exits: Exits, catalogue: Catalogue): Card[] {
  const begins = flow.triggers.map((trigger) => titleOf(catalogue.triggers[trigger.type], trigger.type)).join(", ");
  const start: StartNode = {
    ...PLAIN,
    id: START,
    type: "start",
    data: { triggers: flow.triggers, width: widthOf("start", 1) },
    ...(begins && { ariaLabel: begins }),
  };
  const steps = inFlowOrder(flow, exits).map((key): StepNode => {
    const step: Step = flow.steps[key] ?? { type: "" };
    const piece = catalogue.steps[step.type];
    const shown = shownExits(key, step, exits).map((name): Exit => {
      const exit = exits[key]?.find((one) => one.name === name) ?? { name, label: name, is_seldom: false };
      return { ...exit, label: exitWord(piece, exit) };
    });
    const width = widthOf(piece?.group ?? "", shown.length);
    const ariaLabel = `${titleOf(piece, step.type)}: ${step.name ?? key}`;
    return { ...PLAIN, id: key, type: "step", data: { step, exits: shown, width }, ariaLabel };
  });
  return [start, ...steps];
}

/** A card is what its label says; that it is a "node" is a word of programmers, and always English. */
const PLAIN = { position: { x: 0, y: 0 }, domAttributes: { "aria-roledescription": undefined } };

/** The lines of a flow. */
export function drawnLines(flow: FlowDocument, exits: Exits): DrawnLine[] {
  return linesOf(flow, exits).map((line) => drawnLine({ ...line, key: lineKey(line.from, line.exit) }));
}

/** One line, called `key` among those that are drawn. */
export function drawnLine({ from, exit, to, key }: Line & { key: string }): DrawnLine {
  return { id: key, source: from, sourceHandle: exit, target: to, type: "line" };
}
