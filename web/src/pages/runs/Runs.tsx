import "./runs.css";
import { Alert, Button, Loader, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { titleOf, useCatalogue } from "../../api/pieces";
import type { components } from "../../api/schema";
import { useFlows } from "../../fields/entries";
import { atTime } from "../../shell/times";
import { Ending, OUTCOMES } from "./Ending";

type Run = components["schemas"]["RunSummaryView"];
type Outcome = components["schemas"]["Outcome"];

interface Asked {
  contact: string;
  flow: string | null;
  outcome: Outcome | null;
}

const REFRESH_MS = 5_000;

/** What happened to each contact, newest first. */
export default function Runs() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>({ contact: "", flow: null, outcome: null });
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useRuns(useDeferredValue(asked));
  const runs = data?.pages.flatMap((page) => page?.runs ?? []) ?? [];
  return (
    <main className="page">
      <header className="page-head">
        <h1>{t("runs.title")}</h1>
      </header>
      <div className="page-body runs">
        <Filters asked={asked} onChange={setAsked} />
        {error && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
        {isPending && <Loader />}
        {data && runs.length === 0 && <p className="muted">{t("runs.none")}</p>}
        {runs.length > 0 && <Table runs={runs} />}
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
function useRuns({ contact, flow, outcome }: Asked) {
  return useInfiniteQuery({
    queryKey: ["runs", contact, flow, outcome],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const query = { limit: 50, contact: contact || null, flow, outcome, cursor: pageParam || null };
      const wanted = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null));
      return (await api.GET("/api/v1/runs", { params: { query: wanted } })).data;
    },
    getNextPageParam: (page) => page?.next_cursor ?? undefined,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : REFRESH_MS),
  });
}

function Filters({ asked, onChange }: { asked: Asked; onChange: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const flows = useFlows().map((flow) => ({ value: flow.flow, label: flow.name }));
  const outcomes = OUTCOMES.map((outcome) => ({ value: outcome, label: t(`runs.outcome.${outcome}`) }));
  return (
    <div className="runs-filters" role="search">
      <TextInput
        label={t("runs.search")}
        leftSection={<IconSearch size={15} />}
        value={asked.contact}
        onChange={(event) => onChange({ ...asked, contact: event.currentTarget.value })}
      />
      <Select
        label={t("runs.flow")}
        placeholder={t("runs.any")}
        clearable
        data={flows}
        value={asked.flow}
        onChange={(flow) => onChange({ ...asked, flow })}
      />
      <Select
        label={t("runs.ended")}
        placeholder={t("runs.any")}
        clearable
        data={outcomes}
        value={asked.outcome}
        onChange={(outcome) => onChange({ ...asked, outcome: outcome as Outcome | null })}
      />
    </div>
  );
}

function Table({ runs }: { runs: Run[] }) {
  const { t } = useTranslation();
  return (
    <table className="runs-table card figures">
      <thead>
        <tr>
          <th>{t("runs.time")}</th>
          <th>{t("runs.contact")}</th>
          <th>{t("runs.trigger")}</th>
          <th>{t("runs.flow")}</th>
          <th>{t("runs.ended")}</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.id} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ run }: { run: Run }) {
  const { i18n } = useTranslation();
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
      <td>{titleOf(triggers[run.trigger], run.trigger)}</td>
      <td>
        {run.flow} <span className="muted">v{run.version}</span>
      </td>
      <td>
        <Ending outcome={run.outcome} />
        {run.problem && <small className="bad">{run.problem}</small>}
      </td>
    </tr>
  );
}
