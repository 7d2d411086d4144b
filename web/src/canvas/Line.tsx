import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { START } from "../graph/document";
import { useQuickAdd } from "./QuickAdd";
import { useRoute } from "./route";

const BELOW_EXIT = 20;

export type FlowLine = Edge<Record<string, never>, "line">;

/** One line with the + that puts a step onto it. */
export const Line = memo(function Line(props: EdgeProps<FlowLine>) {
  const { t } = useTranslation();
  const quickAdd = useQuickAdd();
  const path = useRoute(props);
  // Where the line leaves: there each has a place of its own, while several may enter a card at once.
  const [x, y] = [props.sourceX, props.sourceY + BELOW_EXIT];
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
