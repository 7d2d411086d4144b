import { type EdgeProps, getSmoothStepPath, useStoreApi } from "@xyflow/react";
import { bendOf } from "../graph/bends";

type Ends = Pick<EdgeProps, "source" | "target" | "sourceX" | "sourceY" | "sourcePosition" | "targetX" | "targetY" | "targetPosition">;

/** The way of a line around the cards that it has nothing to do with. */
export function useRoute(ends: Ends): string {
  const { nodeLookup } = useStoreApi().getState();
  const { source, target, sourceX, sourceY, targetX, targetY } = ends;
  const placed = [...nodeLookup.values()].map(({ id, internals, measured }) => ({ id, ...internals.positionAbsolute, width: measured.width ?? 0, height: measured.height ?? 0 }));
  const own = placed.find((card) => card.id === source);
  const others = placed.filter((card) => card.id !== source && card.id !== target);
  const bend = bendOf({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, own ? own.x + own.width / 2 : sourceX, others);
  const [path] = getSmoothStepPath({ ...ends, borderRadius: 14, offset: 8, ...(bend !== null && { centerY: bend }) });
  return path;
}
