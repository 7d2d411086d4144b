import "@xyflow/react/dist/base.css";
import "../../canvas/canvas.css";
import "../../canvas/still.css";
import "./runs.css";
import { Alert, Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import type { components } from "../../api/schema";
import { useVersion } from "../../api/versions";
import { lineKey } from "../../canvas/drawing";
import { type Marking, Still } from "../../canvas/Still";
import { type Exits, type FlowDocument, linesOf } from "../../graph/document";
import { atTime } from "../../shell/times";
import { Ending } from "./Ending";
import { ordersIn, takenLines } from "./path";
import { Passages } from "./Passages";

export type Run = components["schemas"]["RunView"];

const REFRESH_MS = 2_000;

/** One run: the flow at the version that it ran on with its path lit, and what each step made of it. */
export default function RunPage({ run: id }: { run: string }) {
  const { t } = useTranslation();
  const { data: run, error } = useQuery({
    queryKey: ["run", id],
    queryFn: async () => (await api.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: id } } })).data ?? null,
    refetchInterval: (query) => (query.state.data?.ended_at ? false : REFRESH_MS),
  });
  if (error) return <Alert color="red">{t("app.failed", { why: error.message })}</Alert>;
  if (!run)
    return (
      <Center>
        <Loader />
      </Center>
    );
  return <Opened run={run} />;
}

function Opened({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { data: version } = useVersion(run.flow, run.version);
  const flow = version?.document as unknown as FlowDocument | null | undefined;
  return (
    <main className="run">
      <Head run={run} />
      <div className="run-body">
        {flow && version ? (
          <ReactFlowProvider>
            <Picture run={run} flow={flow} exits={version.exits} />
          </ReactFlowProvider>
        ) : (
          <Center className="canvas muted">{version ? t("runs.not_drawn") : <Loader />}</Center>
        )}
        <Passages run={run} flow={flow ?? null} exits={version?.exits ?? {}} />
      </div>
    </main>
  );
}

function Picture({ run, flow, exits }: { run: Run; flow: FlowDocument; exits: Exits }) {
  const orders = useMemo(() => ordersIn(run.trace), [run.trace]);
  const markings = useMemo(() => {
    const all = Object.keys(flow.steps).map((step): [string, Marking] => [step, { isAway: !(step in orders), order: orders[step] }]);
    return Object.fromEntries(all);
  }, [flow, orders]);
  const traced = useMemo(() => {
    const taken = takenLines(run.trace);
    const lines = linesOf(flow, exits).map(({ from, exit }) => lineKey(from, exit));
    return Object.fromEntries(
      lines.map((key) => [key, taken.has(key) ? { width: 3.5, tone: "lit" as const } : { width: 1.75, tone: "idle" as const }]),
    );
  }, [flow, exits, run.trace]);
  return <Still flow={flow} exits={exits} markings={markings} traced={traced} />;
}

function Head({ run }: { run: Run }) {
  const { t, i18n } = useTranslation();
  const { name, phone } = run.contact;
  return (
    <header className="page-head">
      <Link href="/runs" className="muted">
        {t("runs.title")}
      </Link>
      <span className="muted">/</span>
      <h1>{name ? `${name} ${phone}` : phone || t(`runs.title`)}</h1>
      <span className="muted figures">{atTime(run.started_at, i18n.language)}</span>
      <Link href={`/flows/${run.flow}`} className="muted figures">
        {t("runs.on_version", { flow: run.flow, version: run.version })}
      </Link>
      <Ending outcome={run.outcome} />
    </header>
  );
}
