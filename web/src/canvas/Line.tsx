import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { IconPlus, IconX } from "@tabler/icons-react";
import { memo, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { placeOf } from "../graph/changes";
import { cut, usePointed } from "./lines";
import { useQuickAdd } from "./QuickAdd";
import { useRoute } from "./route";

const BELOW_EXIT = 20;

export type FlowLine = Edge<Record<string, never>, "line">;

/** One line with the + that puts a step onto it; who points at it, or has selected it, finds beside that what takes it away. */
export const Line = memo(function Line(props: EdgeProps<FlowLine>) {
  const { t } = useTranslation();
  const quickAdd = useQuickAdd();
  const path = useRoute(props);
  const isPointed = usePointed(({ line }) => line === props.id);
  // Where the line leaves: there each has a place of its own, while several may enter a card at once.
  const [x, y] = [props.sourceX, props.sourceY + BELOW_EXIT];
  const line = { from: props.source, exit: props.sourceHandleId ?? "" };
  return (
    <>
      <BaseEdge id={props.id} path={path} interactionWidth={24} className={props.selected ? "line-selected" : isPointed ? "line-pointed" : ""} />
      <EdgeLabelRenderer>
        <div className="line-middle nodrag nopan" data-line={props.id} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          <button
            type="button"
            className="line-add"
            tabIndex={-1}
            aria-label={t("flow.add_here")}
            onClick={alone((anchor) => quickAdd({ place: placeOf(line), anchor }))}
          >
            <IconPlus size={12} stroke={2.6} />
          </button>
          {(isPointed || props.selected) && (
            <button type="button" className="line-add line-remove" tabIndex={-1} aria-label={t("flow.remove_line")} title={t("flow.remove_line")} onClick={alone(() => cut(line))}>
              <IconX size={12} stroke={2.6} />
            </button>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
});

/** A click on a button of a line is none on the line. */
const alone = (act: (button: HTMLElement) => void) => (event: MouseEvent<HTMLElement>) => {
  event.stopPropagation();
  act(event.currentTarget);
};
