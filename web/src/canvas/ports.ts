import { type NodeHandle, Position } from "@xyflow/react";
import type { Size } from "../graph/layout";
import type { Card } from "./drawing";

/** Across, in pixels; half a port and 5 more stand out of the edge of its card. */
const OUT = 10;
const IN = 8;

/** Where the lines of a card leave and enter, as its style sheet has it: for a card that was never in sight, so that no
 *  browser has said so. */
export function portsOf(card: Card, { width, height }: Size): NodeHandle[] {
  const exits = card.type === "step" ? card.data.exits.map((exit) => exit.name) : [""];
  const out = exits.map((id, place): NodeHandle => {
    const x = (width * (place + 0.5)) / exits.length - OUT / 2;
    return { id, type: "source", position: Position.Bottom, x, y: height + 5 - OUT / 2, width: OUT, height: OUT };
  });
  const entry: NodeHandle = { id: null, type: "target", position: Position.Top, x: (width - IN) / 2, y: -5 - IN / 2, width: IN, height: IN };
  return card.type === "step" ? [entry, ...out] : out;
}
