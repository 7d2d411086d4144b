import "@xyflow/react/dist/base.css";
import "../../canvas/canvas.css";
import "../../canvas/still.css";
import "./runs.css";
import { Alert, Button, Center, Loader } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Problem } from "../../api/client";
import { titleOf, useCatalogue } from "../../api/pieces";
import { useVersion } from "../../api/versions";
import { lineKey } from "../../canvas/drawing";
import { type Marking, Still } from "../../canvas/Still";
import { type Exits, type FlowDocument, linesOf } from "../../graph/document";
import { useSession } from "../../shell/session";
import { atTime } from "../../shell/times";
import { Trail } from "../../shell/Trail";
import { Ending } from "./Ending";
import { ordersIn, takenLines } from "./path";
import { Steps } from "./Steps";
import { nextPlaceOf, type Run, type Taken, takenBy } from "./taken";
import { TimeBar } from "./TimeBar";

const REFRESH_MS = 1_000;

/** One run: the flow at the version that it ran on with its path lit, and what each step made of it. */
export default function RunPage({ run: id }: { run: string }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["run", id],
    queryFn: async () => ({ at: Date.now(), run: (await api.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: id } } })).data ?? null }),
    refetchInterval: (query) => (query.state.data?.run?.ended_at ? false : REFRESH_MS),
  });
  // Of a run that is shown one look that fails takes nothing away.
  if (error && !data?.run)
    return (
      <main className="page">
        <header className="page-head">
          <Link href="/runs" className="muted">
            {t("runs.title")}
          </Link>
        </header>
        <Alert color="red" m="lg" role="alert">
          {error instanceof Problem && error.status === 404 ? t("runs.none") : t("app.failed", { why: error.message })}
        </Alert>
      </main>
    );
  if (!data?.run)
    return (
      <Center>
        <Loader />
      </Center>
    );
  return <Opened run={data.run} readAt={data.at} />;
}

function Opened({ run, readAt }: { run: Run; readAt: number }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const { t } = useTranslation();
  const { steps } = useCatalogue();
  const { data: version, error } = useVersion(run.flow, run.version);
  const flow = version?.document as unknown as FlowDocument | null | undefined;
  const taken = useMemo(() => takenBy(run, readAt), [run, readAt]);
  const names = taken.map(({ step, type }) => flow?.steps[step]?.name || titleOf(steps[type], type));
  const exits = version?.exits ?? {};
  return (
    <main className="run">
      <Head run={run} flow={flow?.name || run.flow} />
      <TimeBar taken={taken} names={names} chosen={chosen} onChoose={setChosen} />
      <div className="run-body">
        {flow && version ? (
          <ReactFlowProvider>
            <Picture taken={taken} flow={flow} exits={exits} chosen={chosen} onChoose={setChosen} />
          </ReactFlowProvider>
        ) : (
          <Center className="canvas muted">{error ? t("app.failed", { why: error.message }) : version ? t("runs.not_drawn") : <Loader />}</Center>
        )}
        <Steps run={run} taken={taken} names={names} exits={exits} chosen={chosen} onChoose={(place) => setChosen(place === chosen ? null : place)} />
      </div>
    </main>
  );
}

interface Pictured {
  taken: readonly Taken[];
  flow: FlowDocument;
  exits: Exits;
  chosen: number | null;
  onChoose: (place: number) => void;
}

function Picture({ taken, flow, exits, chosen, onChoose }: Pictured) {
  const way = JSON.stringify(taken.map(({ step, exit }) => ({ step, exit })));
  const [markings, traced] = useMemo(() => {
    const passed = JSON.parse(way) as { step: string; exit: string }[];
    const orders = ordersIn(passed);
    const mark = chosen === null ? "" : passed[chosen]?.step;
    const cards = Object.keys(flow.steps).map((step): [string, Marking] => [
      step,
      { isAway: !(step in orders), order: orders[step], isChosen: step === mark },
    ]);
    const lit = takenLines(passed);
    const lines = linesOf(flow, exits).map(({ from, exit }) => lineKey(from, exit));
    const drawn = lines.map((key) => [key, lit.has(key) ? { width: 3.5, tone: "lit" as const } : { width: 1.75, tone: "idle" as const }] as const);
    return [Object.fromEntries(cards), Object.fromEntries(drawn)];
  }, [way, flow, exits, chosen]);
  const choose = (step: string) => {
    const place = nextPlaceOf(taken, step, chosen);
    if (place !== null) onChoose(place);
  };
  return <Still flow={flow} exits={exits} markings={markings} traced={traced} onCard={choose} />;
}

const PLAYED_AGAIN = ["incoming_call", "incoming_message"];

/** `flow`: what it was called at that version. */
function Head({ run, flow }: { run: Run; flow: string }) {
  const { t, i18n } = useTranslation();
  const { session } = useSession();
  const { name, phone } = run.contact;
  const mayTest = session?.permissions.includes("flows.edit") && PLAYED_AGAIN.includes(run.trigger.type);
  return (
    <header className="page-head">
      <Trail to="/runs" name={t("runs.title")} />
      <h1>{name ? `${name} ${phone}` : phone || t("live.somebody")}</h1>
      <span className="muted figures">{atTime(run.started_at, i18n.language)}</span>
      <Link href={`/flows/${run.flow}`} className="muted figures">
        {t("runs.on_version", { flow, version: run.version })}
      </Link>
      <Ending outcome={run.outcome} />
      {mayTest && (
        <Button
          component={Link}
          href={`/flows/${run.flow}?again=${run.id}`}
          variant="default"
          className="page-head-end"
          leftSection={<IconPlayerPlay size={16} />}
        >
          {t("runs.again")}
        </Button>
      )}
    </header>
  );
}
