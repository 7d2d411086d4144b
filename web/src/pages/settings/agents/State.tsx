import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import type { ExtraProps } from "../extras";

const REFRESH_MS = 5_000;

/** In the table: what an agent does now. */
export default function State({ name }: ExtraProps) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["agent_states"],
    refetchInterval: REFRESH_MS,
    queryFn: async () => (await api.GET("/api/v1/agent_states")).data ?? [],
  });
  const found = data?.find((one) => one.name === name);
  if (!found) return null;
  return (
    <span className="settings-state" data-state={found.state}>
      <span className="settings-dot" aria-hidden />
      {t(`settings.agent_state.${found.state}`)}
      {found.reason && <span className="muted small"> {found.reason}</span>}
    </span>
  );
}
