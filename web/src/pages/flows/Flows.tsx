import { Alert, Badge, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import type { components } from "../../api/schema";
import { sinceThen } from "../../shell/times";
import { NewFlow } from "./NewFlow";

type Flow = components["schemas"]["FlowSummaryView"];

/** Every flow there is. */
export default function Flows() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery({ queryKey: ["flows"], queryFn: async () => (await api.GET("/api/v1/flows")).data ?? [] });
  return (
    <main className="page">
      <header className="page-head">
        <h1>{t("flows.title")}</h1>
        <NewFlow />
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
    </main>
  );
}

function FlowRow({ flow }: { flow: Flow }) {
  const { t, i18n } = useTranslation();
  const when = sinceThen(flow.updated_at, i18n.language);
  return (
    <li className="card">
      <Link href={`/flows/${flow.flow}`} className="flow-row">
        <strong>{flow.name}</strong>
        <Badge tt="none" variant="light" color={flow.live_version ? "lagoon" : "gray"}>
          {flow.live_version ? t("flows.live", { version: flow.live_version }) : t("flows.not_live")}
        </Badge>
        <span className="muted small">{t("flows.changed", { when })}</span>
      </Link>
    </li>
  );
}
