import { CloseButton } from "@mantine/core";
import { IconAlertTriangleFilled, IconArrowRight, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue } from "../api/pieces";
import { shownExits } from "../canvas/cards";
import { PieceTile } from "../canvas/PieceTile";
import { select, useEditor } from "../editing/editor";
import { told } from "../fields/issues";
import { exitNames, type Exits, START, type Step } from "../graph/document";
import { isOpenAtFirst, outlineOf, rowsAbove, type ShownRow, shownRows } from "../graph/outline";
import { labelOf, nameOf } from "./desk";
import { toggleOutline } from "./keys";
import "./keyboard.css";
import { focusStep } from "./spot";

const NONE: ReadonlyMap<string, boolean> = new Map();

/** The flow as a tree: each step with its ways out, where they lead, and what is wrong with it. */
export default function Outline() {
  const { t } = useTranslation();
  const { flow, exits, selected } = useEditor();
  const [opened, setOpened] = useState(NONE);
  const [current, setCurrent] = useState<string>(selected ?? START);
  const rows = useMemo(() => outlineOf(flow, exits, allWays(exits)), [flow, exits]);
  const shown = useMemo(() => shownRows(rows, (row) => opened.get(row.id) ?? isOpenAtFirst(row)), [rows, opened]);
  const at = shown.find((row) => row.id === current) ?? shown[0];

  /** Go to a row, which is opened to where it can be seen. */
  function goTo(id: string): void {
    setOpened(new Map([...opened, ...(rowsAbove(rows, id) ?? []).map((one) => [one, true] as const)]));
    setCurrent(id);
    const [step, exit] = [id.split(":")[0] ?? "", id.split(":")[1] ?? null];
    focusStep(step, true, exit);
  }

  const open = (row: ShownRow, isOpen: boolean) => setOpened(new Map([...opened, [row.id, isOpen]]));

  function press(event: KeyboardEvent): void {
    if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
    const go = KEYS[event.key]?.(at, shown);
    if (event.key === "Escape") toggleOutline();
    else if (go === "open" || go === "close") open(at, go === "open");
    else if (go) goTo(go.id);
    else if (!(event.key in KEYS)) return;
    event.preventDefault();
  }

  return (
    <aside className="palette outline">
      <header className="inspector-head">
        <h2>{t("keyboard.outline")}</h2>
        <CloseButton aria-label={t("publish.close")} onClick={toggleOutline} />
      </header>
      <ul role="tree" aria-label={t("keyboard.outline_of", { flow: flow.name })} className="palette-list" onKeyDown={press}>
        {shown.map((row) => (
          <OneRow key={row.id} row={row} isCurrent={row.id === at?.id} isSelected={row.exit === "" && row.step === selected} onFocus={() => setCurrent(row.id)} onOpen={() => open(row, !row.isOpen)} />
        ))}
      </ul>
      <p className="palette-hint">{t("keyboard.outline_hint")}</p>
    </aside>
  );
}

/** All ways out of a step; those that its card shows are the usual ones. */
function allWays(exits: Exits) {
  return (key: string, step: Step) => {
    const usual = new Set(shownExits(key, step, exits));
    return exitNames(key, step, exits).map((name) => ({ name, isUsual: usual.has(name) }));
  };
}

/** The keys of a tree, as the ARIA Authoring Practices have them; Enter on a way out goes where it leads. */
const KEYS: Record<string, (row: ShownRow, shown: readonly ShownRow[]) => ShownRow | "open" | "close" | undefined> = {
  ArrowDown: (row, shown) => shown[shown.indexOf(row) + 1],
  ArrowUp: (row, shown) => shown[shown.indexOf(row) - 1],
  ArrowRight: (row, shown) => (row.rows.length === 0 ? undefined : row.isOpen ? shown[shown.indexOf(row) + 1] : "open"),
  ArrowLeft: (row, shown) => (row.isOpen ? "close" : shown.find((one) => one.id === row.above)),
  Home: (_, shown) => shown[0],
  End: (_, shown) => shown.at(-1),
  Enter: (row, shown) => shown.find((one) => one.id === row.to),
};

interface OneRowProps {
  row: ShownRow;
  isCurrent: boolean;
  isSelected: boolean;
  onFocus: () => void;
  onOpen: () => void;
}

function OneRow({ row, isCurrent, isSelected, onFocus, onOpen }: OneRowProps) {
  const view = useReactFlow();
  const Chevron = row.isOpen ? IconChevronDown : IconChevronRight;
  function click() {
    select(row.step);
    void view.fitView({ nodes: [{ id: row.step }], maxZoom: view.getZoom(), duration: 200 });
  }
  return (
    <li
      role="treeitem"
      data-step={row.step}
      {...(row.exit ? { "data-exit": row.exit } : {})}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.count}
      aria-expanded={row.rows.length ? row.isOpen : undefined}
      aria-selected={isSelected}
      tabIndex={isCurrent ? 0 : -1}
      style={{ paddingInlineStart: (row.level - 1) * 14 }}
      onFocus={onFocus}
      onClick={click}
    >
      <span
        className="outline-chevron"
        onClick={(event) => {
          event.stopPropagation();
          onOpen();
        }}
      >
        {row.rows.length > 0 && <Chevron size={14} aria-hidden />}
      </span>
      {row.exit ? <WayOut row={row} /> : <StepRow row={row} />}
    </li>
  );
}

function WayOut({ row }: { row: ShownRow }) {
  return (
    <span className="outline-text">
      <span className="outline-exit">{labelOf(row.step, row.exit)}</span>
      <LeadsTo row={row} />
    </span>
  );
}

function StepRow({ row }: { row: ShownRow }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const { flow, exits, issues } = useEditor();
  const type = flow.steps[row.step]?.type ?? "start";
  const piece = catalogue.steps[type];
  const name = nameOf({ t, catalogue }, row.step);
  const begins = flow.triggers.map((trigger) => titleOf(catalogue.triggers[trigger.type], trigger.type)).join(", ");
  const about = row.step === START ? begins : titleOf(piece, type);
  const isLast = row.step !== START && exitNames(row.step, flow.steps[row.step] ?? { type }, exits).length === 0;
  const isTold = row.to !== null || (!isLast && row.rows.every((way) => way.to === null));
  return (
    <>
      <PieceTile type={type} group={row.step === START ? "start" : (piece?.group ?? "")} small />
      <span className="outline-text">
        <b>{name}</b>
        {about && about !== name && <small className="muted"> {about}</small>}
        {row.isLoose && <small className="warned"> {t("keyboard.loose")}</small>}
        {isTold && <LeadsTo row={row} />}
        {issues
          .filter((issue) => issue.step === row.step || (row.step === START && issue.step === "" && issue.path[0] === "triggers"))
          .map((issue) => (
            <small key={issue.code + issue.path.join("/")} className="outline-issue">
              <IconAlertTriangleFilled size={12} aria-hidden /> {told(issue)}
            </small>
          ))}
      </span>
    </>
  );
}

/** Where a row leads; said in words to those who do not see the arrow. */
function LeadsTo({ row }: { row: ShownRow }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  if (row.to === null) return <small className={row.isSeldom ? "muted" : "warned"}> {t("keyboard.leads_nowhere")}</small>;
  return (
    <small className="muted outline-to">
      <IconArrowRight size={12} aria-hidden />
      <span className="unseen"> {t("keyboard.leads_to", { name: nameOf({ t, catalogue }, row.to) })}</span>
      <span aria-hidden>{nameOf({ t, catalogue }, row.to)}</span>
    </small>
  );
}
