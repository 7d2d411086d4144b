import { Alert, Button, Loader } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { components } from "../../api/schema";
import { sinceThen } from "../../shell/times";
import { FlowMenu } from "../files/FlowMenu";
import { useMay } from "../../shell/session";
import { useFlowList } from "../../api/flows";
import { DoneNote } from "../flow/DoneNote";
import { LiveBadge } from "../flow/LiveBadge";
import { useDone } from "../flow/toast";
import { NewFlow } from "./NewFlow";

type Flow = components["schemas"]["FlowSummaryView"];

const Import = lazy(() => import("../files/Import"));

/** Every flow there is. */
export default function Flows() {
  const { t } = useTranslation();
  const [isImporting, setIsImporting] = useState(false);
  const mayEdit = useMay()("flows.edit");
  const done = useDone((told) => told.done?.flow ?? "");
  const { data, error, isPending } = useFlowList();
  return (
    <main className="page flows-page">
      <header className="page-head">
        <h1>{t("flows.title")}</h1>
        {mayEdit && (
          <>
            <Button variant="default" onClick={() => setIsImporting(true)}>
              {t("files.import")}
            </Button>
            <NewFlow />
          </>
        )}
      </header>
      <div className="page-body">
        {error && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
        {isPending && <Loader />}
        {data?.length === 0 && <p className="muted">{t("flows.none")}</p>}
        <ul className="flows">
          {data?.map((flow) => (
            <FlowRow key={flow.flow} flow={flow} />
          ))}
        </ul>
      </div>
      <Suspense>{isImporting && <Import onClose={() => setIsImporting(false)} />}</Suspense>
      <DoneNote flow={done} />
    </main>
  );
}

function FlowRow({ flow }: { flow: Flow }) {
  const { t, i18n } = useTranslation();
  const when = sinceThen(flow.updated_at, i18n.language);
  return (
    <li className="card flow-card">
      <Link href={`/flows/${flow.flow}`} className="flow-row">
        <strong>{flow.name}</strong>
        {flow.has_draft && flow.live_version !== null && <span className="warn small">{t("flows.draft")}</span>}
        <LiveBadge version={flow.live_version} />
        <span className="muted small">{t("flows.changed", { when })}</span>
      </Link>
      <FlowMenu flow={flow.flow} name={flow.name} isBegun={flow.newest_version === 0} />
    </li>
  );
}
