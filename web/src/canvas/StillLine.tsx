import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, type ReactNode } from "react";
import { useRoute } from "./route";

/** What is told of a line: its width in pixels, whether somebody went along it or what became of it, and what stands on it. */
export interface Traced {
  width: number;
  tone: "lit" | "idle" | "added" | "removed";
  pill?: ReactNode;
}

export type StillLineEdge = Edge<{ traced: Traced | undefined }, "line">;

/** A line of a flow that nobody changes. */
export const StillLine = memo(function StillLine(props: EdgeProps<StillLineEdge>) {
  const path = useRoute(props);
  const traced = props.data?.traced;
  // Where the line leaves: there each has its own place, while several may enter a card at once.
  const [x, y] = [props.sourceX, props.sourceY + 22];
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        interactionWidth={0}
        className={`line-${traced?.tone ?? "idle"}`}
        style={{ strokeWidth: traced?.width ?? 1.75 }}
      />
      {traced?.pill && (
        <EdgeLabelRenderer>
          <div className="line-middle nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            {traced.pill}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
