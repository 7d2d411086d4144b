import { Handle, type Node, type NodeProps, Position, useUpdateNodeInternals } from "@xyflow/react";
import { IconAlertTriangleFilled, IconPlus } from "@tabler/icons-react";
import { memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../api/pieces";
import { useEditor } from "../editing/editor";
import type { Exit, Step } from "../graph/document";
import { StepFace } from "./CardFace";
import { colourOf, initialsOf, useOthers } from "./others";
import { PieceTile } from "./PieceTile";
import { useQuickAdd } from "./QuickAdd";
import { useUnpublishedSteps } from "./unpublished";

export type StepNode = Node<{ step: Step; exits: Exit[]; width: number }, "step">;

/** Whether a card looks the same: where it stands and how large it was found to be is nothing of its own. */
export function isDrawnAlike(one: Pick<NodeProps, "id" | "data" | "selected">, other: Pick<NodeProps, "id" | "data" | "selected">): boolean {
  return one.id === other.id && one.data === other.data && one.selected === other.selected;
}

/** One step on the canvas: its tile and name, a line of what it does, and a cell for each way out. */
export const StepCard = memo(function StepCard({ id, data, selected }: NodeProps<StepNode>) {
  const { step, exits, width } = data;
  const { t } = useTranslation();
  const piece = useCatalogue().steps[step.type];
  const measureAnew = useUpdateNodeInternals();
  const ports = exits.map((exit) => exit.name).join();
  const measured = useRef(ports);
  useEffect(() => {
    if (measured.current !== ports) measureAnew(id); // lines leave where the ports stand now
    measured.current = ports;
  }, [measureAnew, id, ports]);
  const other = useOthers(({ others, own }) => others.find((one) => one.step === id && !own.includes(one.editor))?.user ?? "");
  return (
    <div
      className="step-card"
      data-group={piece?.group}
      data-selected={selected || undefined}
      data-colour={other ? colourOf(other) : undefined}
      style={{ width }}
    >
      {other && <Initials name={other} />}
      <Handle type="target" position={Position.Top} className="port port-in" />
      <StepFace data={data} piece={piece} t={t} tile={(type, group) => <PieceTile type={type} group={group} />}>
        <Unpublished step={id} />
        <Problems step={id} />
      </StepFace>
      {exits.map((exit, place) => (
        <span key={exit.name} className="way-out" style={{ left: `${((place + 0.5) / exits.length) * 100}%` }}>
          <Handle type="source" id={exit.name} position={Position.Bottom} className="port port-out" />
          {!step.next?.[exit.name] && <OpenEnd from={id} exit={exit} />}
        </span>
      ))}
    </div>
  );
}, isDrawnAlike);

function Initials({ name }: { name: string }) {
  const { t } = useTranslation();
  return (
    <span className="initials card-other" role="img" aria-label={t("together.at_step", { name })} title={t("together.at_step", { name })} data-colour={colourOf(name)}>
      {initialsOf(name)}
    </span>
  );
}

function Unpublished({ step }: { step: string }) {
  const { t } = useTranslation();
  const isUnpublished = useUnpublishedSteps(({ steps }) => steps.has(step));
  if (!isUnpublished) return null;
  return <span className="card-unpublished" role="img" aria-label={t("difference.not_live")} title={t("difference.not_live")} />;
}

function Problems({ step }: { step: string }) {
  const { t } = useTranslation();
  const issues = useEditor((editor) => editor.issues);
  const own = issues.filter((issue) => issue.step === step);
  if (own.length === 0) return null;
  const told = own.map((issue) => issue.sentence).join("\n");
  return (
    <span className="card-problem" data-error={own.some((issue) => issue.is_error) || undefined} title={told}>
      <IconAlertTriangleFilled size={16} role="img" aria-label={t("flow.problems", { count: own.length })} />
    </span>
  );
}

function OpenEnd({ from, exit }: { from: string; exit: Exit }) {
  const { t } = useTranslation();
  const quickAdd = useQuickAdd();
  return (
    <button
      type="button"
      className="open-end nodrag nopan"
      tabIndex={-1}
      aria-label={t("flow.add_after", { exit: exit.label })}
      onClick={(event) => {
        event.stopPropagation();
        quickAdd({ place: { from, exit: exit.name }, anchor: event.currentTarget });
      }}
    >
      <IconPlus size={14} stroke={2.4} />
    </button>
  );
}
