import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../../api/client";
import { useEntries } from "../../../fields/entries";
import { clockOf } from "../../../shell/times";
import type { ExtraProps } from "../extras";

const REFRESH_MS = 5_000;

/** In the table: who waits in a queue now, and how many take its contacts. */
export default function Standing({ name }: ExtraProps) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["queue_state", name],
    refetchInterval: REFRESH_MS,
    queryFn: async () => (await api.GET("/api/v1/queues/{name}/state", { params: { path: { name } } })).data ?? null,
  });
  const agents = useEntries("agents").filter((agent) => Array.isArray(agent.queues) && agent.queues.includes(name));
  return (
    <>
      {data && data.waiting > 0 && (
        <span className="settings-waiting">
          {t("live.waiting", { count: data.waiting })}, {t("live.longest", { time: clockOf(data.longest_wait) })}
        </span>
      )}
      {agents.length === 0 ? (
        <Link href="/settings/agents" className="settings-warn">
          {t("settings.no_agents")}
        </Link>
      ) : (
        <span>{data ? t("settings.agents_there", { count: agents.length, there: data.agents_present }) : t("settings.agents", { count: agents.length })}</span>
      )}
    </>
  );
}
