import "./runs.css";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { titleOf, useCatalogue } from "../../api/pieces";
import type { components } from "../../api/schema";
import { useFlows } from "../../fields/entries";
import { useAsked } from "../../shell/address";
import { Headings } from "../../shell/Headings";
import { atTime, spanOf } from "../../shell/times";
import { askedIn, queryOf } from "./asking";
import { Ending } from "./Ending";
import { Filters } from "./Filters";
import { Pages, usePages } from "./Pages";
import { Tabs } from "./Tabs";
import { Way } from "./Way";

type Run = components["schemas"]["RunSummaryView"];

/** What happened to each contact, newest first. What is looked for stands in the address. */
export default function Runs() {
  const { t } = useTranslation();
  const [address, ask] = useAsked();
  const asked = askedIn(address);
  const read = async (cursor: string) => {
    const query = { limit: 50, ...queryOf(asked, new Date()), ...(cursor ? { cursor } : {}) };
    return (await api.GET("/api/v1/runs", { params: { query } })).data;
  };
  const pages = usePages(["runs", asked], read, (page) => page.runs);
  return (
    <main className="page">
      <header className="page-head">
        <h1>{t("runs.title")}</h1>
        <Tabs />
      </header>
      <div className="page-body runs">
        <Filters asked={asked} onChange={ask} />
        <Pages pages={pages} none={t("runs.none")}>
          <Table runs={pages.found} />
        </Pages>
      </div>
    </main>
  );
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
