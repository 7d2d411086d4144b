import "./runs.css";
import { Alert, Button, Loader } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { titleOf, useCatalogue } from "../../api/pieces";
import type { components } from "../../api/schema";
import { useFlows } from "../../fields/entries";
import { useAsked } from "../../shell/address";
import { Headings } from "../../shell/Headings";
import { atTime, spanOf } from "../../shell/times";
import { type Asked, askedIn, queryOf } from "./asking";
import { Ending } from "./Ending";
import { Filters } from "./Filters";
import { Tabs } from "./Tabs";
import { Way } from "./Way";

type Run = components["schemas"]["RunSummaryView"];

const REFRESH_MS = 5_000;

/** What happened to each contact, newest first. What is looked for stands in the address. */
export default function Runs() {
  const { t } = useTranslation();
  const [address, ask] = useAsked();
  const asked = askedIn(address);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = useRuns(asked);
  const runs = data?.pages.flatMap((page) => page?.runs ?? []) ?? [];
  return (
    <main className="page">
      <header className="page-head">
        <h1>{t("runs.title")}</h1>
        <Tabs />
      </header>
      <div className="page-body runs">
        <Filters asked={asked} onChange={ask} />
        {error && !isFetchNextPageError && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
        {isPending && <Loader />}
        {data && runs.length === 0 && <p className="muted">{t("runs.none")}</p>}
        {runs.length > 0 && <Table runs={runs} />}
        {isFetchNextPageError && <Alert color="red" role="alert">{t("app.failed", { why: error?.message })}</Alert>}
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("runs.older")}
          </Button>
        )}
      </div>
    </main>
  );
}

/** The runs that are asked for. Only the first page is kept fresh: who looks at older ones is reading. */
function useRuns(asked: Asked) {
  return useInfiniteQuery({
    queryKey: ["runs", asked],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const query = { limit: 50, ...queryOf(asked, new Date()), ...(pageParam ? { cursor: pageParam } : {}) };
      return (await api.GET("/api/v1/runs", { params: { query } })).data;
    },
    getNextPageParam: (page) => page?.next_cursor ?? undefined,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : REFRESH_MS),
  });
}

const COLUMNS = ["time", "contact", "trigger", "flow", "path", "wait", "ended"] as const;

function Table({ runs }: { runs: Run[] }) {
  const { t } = useTranslation();
  const names = Object.fromEntries(useFlows().map((flow) => [flow.flow, flow.name]));
  return (
    <div className="runs-scroll">
      <table className="runs-table card figures">
        <Headings names={COLUMNS.map((column) => t(`runs.${column}`))} />
        <tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} flow={names[run.flow] ?? run.flow} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ run, flow }: { run: Run; flow: string }) {
  const { t, i18n } = useTranslation();
  const { triggers } = useCatalogue();
  return (
    <tr>
      <td>
        <Link href={`/runs/${run.id}`}>{atTime(run.started_at, i18n.language)}</Link>
      </td>
      <td>
        {run.contact_name || run.phone || "–"}
        {run.contact_name && <small className="muted">{run.phone}</small>}
      </td>
      <td>
        {titleOf(triggers[run.trigger], run.trigger)}
        {run.channel && <small className="muted">{t(`runs.channels.${run.channel}`, run.channel)}</small>}
      </td>
      <td>
        {flow} <span className="muted">v{run.version}</span>
      </td>
      <td>
        <Way path={run.path ?? []} />
      </td>
      <td>{run.waited_seconds > 0 ? spanOf(run.waited_seconds * 1000, i18n.language) : <span className="muted">–</span>}</td>
      <td>
        <Ending outcome={run.outcome} />
        {run.problem && <small className="bad">{run.problem}</small>}
      </td>
    </tr>
  );
}
