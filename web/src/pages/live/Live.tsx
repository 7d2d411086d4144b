import "../../canvas/still.css";
import "./live.css";
import { Alert, Center, Loader, SegmentedControl, TextInput } from "@mantine/core";
import { Panel } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { exitWord, useCatalogue } from "../../api/pieces";
import { useVersion } from "../../api/versions";
import { lineKey } from "../../canvas/drawing";
import { type Marking, Still } from "../../canvas/Still";
import type { Traced } from "../../canvas/StillLine";
import { type Exits, type FlowDocument, linesOf, START } from "../../graph/document";
import { atTime, clockOf } from "../../shell/times";
import { isLate, leftBy, widthFor } from "./figures";
import { type At, Latest } from "./Latest";
import { useLost } from "./lost";
import { Pill } from "./Pill";
import { type QueueState, type Span, type Traffic, useQueueStates, useTargets, useTraffic, WINDOWS } from "./traffic";

/** The live version of a flow as contacts go through it now. */
export default function Live({ flow, version }: { flow: string; version: number | null }) {
  const { t } = useTranslation();
  const { data, error } = useVersion(flow, version);
  if (version === null) return <Center className="canvas muted">{t("live.not_live")}</Center>;
  if (error) return <Alert color="red">{t("app.failed", { why: error.message })}</Alert>;
  if (!data)
    return (
      <Center className="canvas">
        <Loader />
      </Center>
    );
  if (!data.document) return <Center className="canvas muted">{t("live.not_drawn")}</Center>;
  return <Flowing key={`${flow}@${version}`} flow={flow} version={version} drawn={data.document as unknown as FlowDocument} exits={data.exits} />;
}

function Flowing({ flow, version, drawn, exits }: { flow: string; version: number; drawn: FlowDocument; exits: Exits }) {
  const { t } = useTranslation();
  const [span, setSpan] = useState<Span>({ window: "1h", day: "" });
  const [at, setAt] = useState<At | null>(null);
  const { data: traffic, dataUpdatedAt, error } = useTraffic(flow, version, span);
  const isLost = useLost(dataUpdatedAt);
  const markings = useMarkings(drawn, traffic);
  const catalogue = useCatalogue();
  const traced = useMemo(() => {
    const all = drawn.start ? (traffic?.steps[drawn.start]?.entered ?? 0) : 0;
    const lines = linesOf(drawn, exits).map(({ from, exit }): [string, Traced] => {
      const { count, share } = from === START ? { count: all, share: null } : leftBy(traffic, from, exit);
      const known = exits[from]?.find((one) => one.name === exit);
      const way = { step: from, exit, label: known ? exitWord(catalogue.steps[drawn.steps[from]?.type ?? ""], known) : exit };
      const isOpen = at !== null && lineKey(at.step, at.exit) === lineKey(from, exit);
      // What could not be counted is not told to be none.
      const pill = traffic && <Pill count={count} share={share} way={way} isOpen={isOpen} onOpen={from === START ? null : setAt} />;
      return [lineKey(from, exit), { width: widthFor(count, all), tone: count ? "lit" : "idle", pill }];
    });
    return Object.fromEntries(lines);
  }, [drawn, exits, traffic, at, catalogue]);
  if (traffic === undefined && !error)
    return (
      <Center className="canvas">
        <Loader />
      </Center>
    ); // the picture is fitted once, with what stands below its cards
  return (
    <div className="live" data-lost={isLost || !traffic || undefined}>
      <Still flow={drawn} exits={exits} markings={markings} traced={traced}>
        <Panel position="bottom-center" className="live-window">
          {error && !traffic && <span className="bad small">{t("app.failed", { why: error.message })}</span>}
          <Windows span={span} onChange={setSpan} />
          <Told traffic={traffic ?? null} updatedAt={dataUpdatedAt} isLost={isLost} />
        </Panel>
      </Still>
      {at && <Latest flow={flow} span={span} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}

function Windows({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t("live.window")}
        value={span.day ? "" : span.window}
        onChange={(chosen) => onChange({ window: chosen as Span["window"], day: "" })}
        data={WINDOWS.map((one) => ({ value: one, label: t(`live.windows.${one}`) }))}
      />
      <TextInput
        type="date"
        size="xs"
        aria-label={t("live.day")}
        value={span.day}
        onChange={(event) => onChange({ ...span, day: event.currentTarget.value })}
      />
    </>
  );
}

/** How many contacts count, of which versions; or since when nothing was heard. */
function Told({ traffic, updatedAt, isLost }: { traffic: Traffic | null; updatedAt: number; isLost: boolean }) {
  const { t, i18n } = useTranslation();
  const versions = Object.entries(traffic?.versions ?? {});
  return (
    <span className="small muted figures" role="status">
      {isLost ? (
        <b className="bad">{t("live.last_update", { time: atTime(new Date(updatedAt).toISOString(), i18n.language) })}</b>
      ) : (
        <span title={t("live.counted")}>
          {traffic && t("live.all", { count: traffic.runs })}
          {versions.length > 1 && ` (${versions.map(([version, count]) => t("live.versions", { version, count })).join(", ")})`}
          {versions.length > 1 && <span className="versions-about">{t("live.versions_about")}</span>}
          <span className="unseen">. {t("live.counted")}</span>
        </span>
      )}
    </span>
  );
}

/** What stands below cards: how many are there now, and below each queue how many wait and the longest of them. */
function useMarkings(drawn: FlowDocument, traffic: Traffic | null | undefined): Record<string, Marking> {
  const states = useQueueStates(drawn);
  const targets = useTargets();
  const here = Object.entries(traffic?.steps ?? {}).flatMap(([step, one]): [string, number][] => (one.here > 0 ? [[step, one.here]] : []));
  const told = JSON.stringify([states, targets, here]);
  return useMemo(() => {
    const [known, goals, now] = JSON.parse(told) as [Record<string, QueueState>, Record<string, number>, [string, number][]];
    const there = now.map(([step, count]): [string, Marking] => [step, { note: <Here count={count} /> }]);
    const waits = Object.entries(known).map(([step, state]): [string, Marking] => [step, { note: <Waiting state={state} targets={goals} /> }]);
    return Object.fromEntries([...there, ...waits]);
  }, [told]);
}

function Here({ count }: { count: number }) {
  const { t } = useTranslation();
  return <span className="waiting">{t("live.here", { count })}</span>;
}

function Waiting({ state, targets }: { state: QueueState; targets: Record<string, number> }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="waiting" data-late={isLate(state.tiers, targets) || undefined}>
        {t("live.waiting", { count: state.waiting })}
      </span>
      {state.waiting > 0 && <span className="muted">{t("live.longest", { time: clockOf(state.longest_wait) })}</span>}
      {isLate(state.tiers, targets) && <span className="unseen">{t("live.late")}</span>}
    </>
  );
}
