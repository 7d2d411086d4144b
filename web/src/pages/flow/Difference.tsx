import "./changes.css";
import "../../canvas/still.css";
import { useReactFlow } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useVersion } from "../../api/versions";
import { lineKey } from "../../canvas/drawing";
import { type Marking, Still } from "../../canvas/Still";
import type { Traced } from "../../canvas/StillLine";
import { useEditor } from "../../editing/editor";
import { type Difference as Drawn, type Mark, putTogether } from "../../graph/difference";
import type { Exits, FlowDocument } from "../../graph/document";
import { cardOf, type Change, useDifferences } from "./differences";
import { NotRead } from "./NotRead";
import { type Compared, point, useView } from "./view";

/** What differs between two states of the flow, on the canvas: new, gone and changed cards, and their lines. */
export default function Difference({ compared }: { compared: Compared }) {
  const { t } = useTranslation();
  const { key, flow, exits } = useEditor();
  const pointed = useView((view) => view.pointed);
  const { changes, error, again: askAgain } = useDifferences(key, compared);
  const before = useVersion(key, compared.before);
  const later = useVersion(key, compared.after);
  const isLoading = before.isPending || changes === null || (compared.after !== null && later.isPending);
  const [was, now] = [stateOf(before.data), compared.after === null ? { flow, exits } : stateOf(later.data)];
  const drawn = useMemo(
    () => (was && now ? putTogether(was.flow, now.flow, was.exits, now.exits) : null),
    [was?.flow, now?.flow, was?.exits, now?.exits],
  );
  const markings = useMemo(() => markingsOf(changes ?? [], pointed), [changes, pointed]);
  const failed = error ?? before.error ?? later.error;
  const again = () => {
    if (error) askAgain();
    for (const one of [before, later]) if (one.isError) void one.refetch();
  };
  if (failed)
    return (
      <div className="difference">
        <NotRead why={failed} onAgain={again} />
      </div>
    );
  if (isLoading) return <div className="difference" />;
  if (!drawn) return <p className="difference difference-empty muted">{t("difference.not_drawn")}</p>;
  return (
    <div className="difference">
      <Shown drawn={drawn} markings={markings} pointed={pointed} />
    </div>
  );
}

function Shown({ drawn, markings, pointed }: { drawn: Drawn; markings: Record<string, Marking>; pointed: string }) {
  const view = useReactFlow();
  useEffect(() => {
    if (pointed) void view.fitView({ nodes: [{ id: pointed }], duration: 200, maxZoom: 1, padding: 1 });
  }, [pointed, view]);
  const lines = useMemo(() => drawn.lines.map((line) => ({ ...line, key: `${lineKey(line.from, line.exit)}:${line.mark ?? ""}` })), [drawn]);
  const traced = useMemo(() => Object.fromEntries(lines.map((line) => [line.key, tracedAs(line.mark)])), [lines]);
  return <Still flow={drawn.flow} exits={drawn.exits} laidOut={drawn.laidOut} lines={lines} markings={markings} traced={traced} onCard={point} />;
}

function tracedAs(mark: Mark | null): Traced {
  if (mark === "added" || mark === "removed") return { width: 2.5, tone: mark };
  return { width: 1.75, tone: "idle" };
}

function markingsOf(changes: readonly Change[], pointed: string): Record<string, Marking> {
  const marked = changes.map((change) => [cardOf(change), { mark: change.kind, isChosen: cardOf(change) === pointed }] as const);
  return Object.fromEntries(marked.filter(([card]) => card !== ""));
}

function stateOf(version: { document?: unknown; exits: Exits } | null | undefined): { flow: FlowDocument; exits: Exits } | null {
  return version?.document ? { flow: version.document as FlowDocument, exits: version.exits } : null;
}
