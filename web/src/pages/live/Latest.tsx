import { CloseButton, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { atTime } from "../../shell/times";
import { Ending } from "../runs/Ending";
import { Way } from "../runs/Way";
import { type Span, usePassages } from "./traffic";

/** A way out of a step, as people read it. */
export interface At {
  step: string;
  exit: string;
  label: string;
}

/** The latest contacts that took a line, each with its run. */
export function Latest({ flow, span, at, onClose }: { flow: string; span: Span; at: At; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { data, error, isPending } = usePassages(flow, span, at.step, at.exit);
  return (
    <aside className="latest" aria-label={t("live.latest")}>
      <header>
        <div>
          <p className="eyebrow">{t("live.latest")}</p>
          <h2>{at.label}</h2>
        </div>
        <CloseButton aria-label={t("live.close")} onClick={onClose} />
      </header>
      {isPending && <Loader size="sm" />}
      {error && !data && <p className="bad small">{t("app.failed", { why: error.message })}</p>}
      {data?.length === 0 && <p className="muted">{t("live.nobody")}</p>}
      <ul>
        {data?.map((run) => (
          <li key={run.id}>
            <Link href={`/runs/${run.id}`}>{run.contact_name || run.phone || t("live.somebody")}</Link>
            <small className="muted figures">{atTime(run.started_at, i18n.language)}</small>
            <small>
              <Way path={run.path ?? []} />
            </small>
            <small>
              <Ending outcome={run.outcome} />
            </small>
          </li>
        ))}
      </ul>
    </aside>
  );
}
