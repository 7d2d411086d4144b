import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../api/pieces";
import type { Trigger } from "../graph/document";
import { StartFace } from "./CardFace";
import { PieceTile } from "./PieceTile";
import { isDrawnAlike } from "./StepCard";

export type StartNode = Node<{ triggers: Trigger[]; width: number }, "start">;

/** What starts the flow: all its triggers on one card. */
export const StartCard = memo(function StartCard({ data, selected }: NodeProps<StartNode>) {
  const { t } = useTranslation();
  const { triggers } = useCatalogue();
  return (
    <div className="step-card" data-group="start" data-selected={selected || undefined} style={{ width: data.width }}>
      <StartFace data={data} pieces={triggers} t={t} tile={(type, group) => <PieceTile type={type} group={group} />} />
      <span className="way-out" style={{ left: "50%" }}>
        <Handle type="source" id="" position={Position.Bottom} className="port port-out" />
      </span>
    </div>
  );
}, isDrawnAlike);
