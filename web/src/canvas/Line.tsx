import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { START } from "../graph/document";
import { useQuickAdd } from "./QuickAdd";

export type FlowLine = Edge<Record<string, never>, "line">;

/** One line with the + that puts a step onto it. */
export const Line = memo(function Line(props: EdgeProps<FlowLine>) {
  const { t } = useTranslation();
  const quickAdd = useQuickAdd();
  const [path, middleX, middleY] = getSmoothStepPath({ ...props, borderRadius: 14 });
  const isStraight = Math.abs(props.sourceX - props.targetX) < 2;
  const [x, y] = isStraight ? [middleX, middleY] : [props.targetX, props.targetY - 26];
  const place = props.source === START ? ({ start: true } as const) : { from: props.source, exit: props.sourceHandleId ?? "" };
  return (
    <>
      <BaseEdge id={props.id} path={path} interactionWidth={24} className={props.selected ? "line-selected" : ""} />
      <EdgeLabelRenderer>
        <div className="line-middle nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          <button
            type="button"
            className="line-add"
            tabIndex={-1}
            aria-label={t("flow.add_here")}
            onClick={(event) => quickAdd({ place, anchor: event.currentTarget })}
          >
            <IconPlus size={12} stroke={2.6} />
          </button>
        </div>
      </EdgeLabelRenderer>
    </>
  );
});
