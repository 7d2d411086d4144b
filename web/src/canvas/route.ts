import { type EdgeProps, getSmoothStepPath, type ReactFlowState, useStoreApi } from "@xyflow/react";
import { bendOf, type Placed, turns } from "../graph/bends";
import type { Point } from "../graph/layout";

type State = Pick<ReactFlowState, "nodes" | "nodeLookup">;
type Standing = Placed & { id: string };
type Ends = Pick<EdgeProps, "source" | "target" | "sourceX" | "sourceY" | "sourcePosition" | "targetX" | "targetY" | "targetPosition">;

/** The way of a line around the cards that it has nothing to do with. */
export function useRoute(ends: Ends): string {
  const cards = useStoreApi().getState();
  const { source, target, sourceX, sourceY, targetX, targetY } = ends;
  const [from, to] = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ];
  const bend = turns(from, to) ? bendAmong(standingIn(cards), source, target, from, to) : null;
  const [path] = getSmoothStepPath({ ...ends, borderRadius: 14, offset: 8, ...(bend !== null && { centerY: bend }) });
  return path;
}

function bendAmong(cards: readonly Standing[], source: string, target: string, from: Point, to: Point): number | null {
  const own = cards.find((card) => card.id === source);
  const others = cards.filter((card) => card.id !== source && card.id !== target);
  return bendOf(from, to, own ? own.x + own.width / 2 : from.x, others);
}

const known = new WeakMap<State["nodes"], Standing[]>();

/** Where the cards stand: worked out once for all lines, until one of the cards is another. */
function standingIn({ nodes, nodeLookup }: State): readonly Standing[] {
  const before = known.get(nodes);
  if (before) return before;
  const found = [...nodeLookup.values()].map(({ id, internals, measured }) => ({ id, ...internals.positionAbsolute, width: measured.width ?? 0, height: measured.height ?? 0 }));
  known.set(nodes, found);
  return found;
}
