import "../../canvas/still.css";
import "./live.css";
import { Alert, Center, Loader, SegmentedControl } from "@mantine/core";
import { Panel } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useVersion } from "../../api/versions";
import { lineKey } from "../../canvas/drawing";
import { type Marking, Still } from "../../canvas/Still";
import type { Traced } from "../../canvas/StillLine";
import { type Exits, type FlowDocument, linesOf, START } from "../../graph/document";
import { clockOf } from "../../shell/times";
import { isLate, leftBy, widthFor } from "./figures";
import { type At, Latest } from "./Latest";
import { Pill } from "./Pill";
import { type QueueState, useQueueStates, useTargets, useTraffic, WINDOWS, type Window } from "./traffic";

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
  const [window, setWindow] = useState<Window>("1h");
  const [at, setAt] = useState<At | null>(null);
  const { t } = useTranslation();
  const { data: traffic, isError } = useTraffic(flow, version, window);
  const markings = useMarkings(drawn);
  const traced = useMemo(() => {
    const all = drawn.start ? (traffic?.steps[drawn.start]?.entered ?? 0) : 0;
    const lines = linesOf(drawn, exits).map(({ from, exit }): [string, Traced] => {
      const { count, share } = from === START ? { count: all, share: null } : leftBy(traffic, from, exit);
      const way = { step: from, exit, label: exits[from]?.find((one) => one.name === exit)?.label ?? exit };
      const isOpen = at !== null && lineKey(at.step, at.exit) === lineKey(from, exit);
      const pill = <Pill count={count} share={share} way={way} isOpen={isOpen} onOpen={from === START ? null : setAt} />;
      return [lineKey(from, exit), { width: widthFor(count, all), tone: count ? "lit" : "idle", pill }];
    });
    return Object.fromEntries(lines);
  }, [drawn, exits, traffic, at]);
  return (
    <div className="live">
      <Still flow={drawn} exits={exits} markings={markings} traced={traced}>
        <Panel position="bottom-center" className="live-window">
          <SegmentedControl
            size="xs"
            aria-label={t("live.window")}
            value={window}
            onChange={(chosen) => setWindow(chosen as Window)}
            data={WINDOWS.map((one) => ({ value: one, label: t(`live.windows.${one}`) }))}
          />
          <span className="small muted" role="status">
            {isError ? t("app.lost") : t("live.counted")}
          </span>
        </Panel>
      </Still>
      {at && <Latest flow={flow} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}

/** What stands below each queue: how many wait there, and the longest of them. */
function useMarkings(drawn: FlowDocument): Record<string, Marking> {
  const states = useQueueStates(drawn);
  const targets = useTargets();
  const told = JSON.stringify([states, targets]);
  return useMemo(() => {
    const [known, goals] = JSON.parse(told) as [Record<string, QueueState>, Record<string, number>];
    const notes = Object.entries(known).map(([step, state]): [string, Marking] => [step, { note: <Waiting state={state} targets={goals} /> }]);
    return Object.fromEntries(notes);
  }, [told]);
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
