import { type EdgeProps, getSmoothStepPath, type ReactFlowState, useStoreApi } from "@xyflow/react";
import { bendOf, turns } from "../graph/bends";
import type { Point } from "../graph/layout";

type Cards = ReactFlowState["nodeLookup"];
type Ends = Pick<EdgeProps, "source" | "target" | "sourceX" | "sourceY" | "sourcePosition" | "targetX" | "targetY" | "targetPosition">;

/** The way of a line around the cards that it has nothing to do with. */
export function useRoute(ends: Ends): string {
  const { nodeLookup } = useStoreApi().getState();
  const { source, target, sourceX, sourceY, targetX, targetY } = ends;
  const [from, to] = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ];
  const bend = turns(from, to) ? bendAmong(nodeLookup, source, target, from, to) : null;
  const [path] = getSmoothStepPath({ ...ends, borderRadius: 14, offset: 8, ...(bend !== null && { centerY: bend }) });
  return path;
}

function bendAmong(cards: Cards, source: string, target: string, from: Point, to: Point): number | null {
  const placed = [...cards.values()].map(({ id, internals, measured }) => ({ id, ...internals.positionAbsolute, width: measured.width ?? 0, height: measured.height ?? 0 }));
  const own = placed.find((card) => card.id === source);
  const others = placed.filter((card) => card.id !== source && card.id !== target);
  return bendOf(from, to, own ? own.x + own.width / 2 : from.x, others);
}
