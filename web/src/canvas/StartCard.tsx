import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue } from "../api/pieces";
import type { Trigger } from "../graph/document";
import { PieceTile } from "./PieceTile";
import { Summary } from "./Summary";

export type StartNode = Node<{ triggers: Trigger[]; width: number }, "start">;

/** What starts the flow: all its triggers on one card. */
export const StartCard = memo(function StartCard({ data, selected }: NodeProps<StartNode>) {
  const { t } = useTranslation();
  const { triggers } = useCatalogue();
  return (
    <div className="step-card" data-group="start" data-selected={selected || undefined} style={{ width: data.width }}>
      {data.triggers.length === 0 && (
        <header>
          <PieceTile type="start" group="start" />
          <span className="card-title">
            <strong>{t("flow.no_trigger")}</strong>
            <small>{t("flow.pick_trigger")}</small>
          </span>
        </header>
      )}
      {data.triggers.map((trigger, place) => (
        <div key={place}>
          <header>
            <PieceTile type={trigger.type} group="start" />
            <span className="card-title">
              <strong>{titleOf(triggers[trigger.type], trigger.type)}</strong>
            </span>
          </header>
          <Summary piece={triggers[trigger.type]} settings={trigger} />
        </div>
      ))}
      <span className="way-out" style={{ left: "50%" }}>
        <Handle type="source" id="" position={Position.Bottom} className="port port-out" />
      </span>
    </div>
  );
});
