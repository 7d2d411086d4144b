import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { spanOf } from "../../shell/times";
import { mapAt, type Taken, textAt, textsAt } from "./taken";
import { Values } from "./Values";

/** Shown by themselves, or for programs only. */
const SAID_ELSEWHERE = ["why", "input", "output", "warnings", "commands", "entry", "queue_why"];

/** All that is known of one step's passage: why, what it read and kept, what went wrong, and why a wait was as it was. */
export function Detail({ taken }: { taken: Taken }) {
  const { t } = useTranslation();
  const { detail, entry } = taken;
  const input = mapAt(detail, "input");
  const output = mapAt(detail, "output");
  const more = Object.entries(detail).filter(([name]) => !SAID_ELSEWHERE.includes(name));
  const why = textAt(detail, "why");
  return (
    <div className="step-detail small">
      {why && <p>{why}</p>}
      {textsAt(detail, "warnings").map((warning) => (
        <p key={warning} className="warned">
          {warning}
        </p>
      ))}
      <h3>{t("runs.input")}</h3>
      <Values values={input} none={t("runs.no_input")} />
      <h3>{t("runs.output")}</h3>
      <Values values={output} none={t("runs.no_output")} />
      {more.length > 0 && (
        <>
          <h3>{t("runs.more")}</h3>
          <Values values={more} />
        </>
      )}
      <Done commands={detail.commands} />
      {entry && <Wait entry={entry} />}
    </div>
  );
}

/** What the step had done: its commands with what they were given. */
function Done({ commands }: { commands: unknown }) {
  const { t } = useTranslation();
  const told = Array.isArray(commands) ? (commands as Record<string, unknown>[]) : [];
  if (told.length === 0) return null;
  return (
    <>
      <h3>{t("runs.done")}</h3>
      {told.map(({ name, ...given }, place) => (
        <details key={place}>
          <summary className="code">{String(name)}</summary>
          <Values values={Object.entries(given)} />
        </details>
      ))}
    </>
  );
}

/** Why somebody waited as long as they did, in the queue's own sentences. */
function Wait({ entry }: { entry: string }) {
  const { t, i18n } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["entry", entry],
    queryFn: async () => (await api.GET("/api/v1/entries/{entry_id}", { params: { path: { entry_id: entry } } })).data ?? null,
    refetchInterval: (query) => (query.state.data?.left_at ? false : 2_000),
  });
  if (error) return <p className="muted">{t("app.failed", { why: error.message })}</p>;
  if (!data) return null;
  const lists = { why: data.why, passed_over: data.passed_over, considered: data.agents_considered };
  return (
    <section className="wait-why" aria-label={t("runs.waits.title")}>
      <h3>
        {t("runs.waits.title")} <span className="muted figures">{spanOf(data.waited * 1000, i18n.language)}</span>
      </h3>
      {Object.entries(lists).map(([name, sentences]) =>
        sentences.length ? (
          <div key={name}>
            <h4>{t(`runs.waits.${name}`)}</h4>
            <ul>
              {sentences.map((sentence, place) => (
                <li key={place}>{sentence}</li>
              ))}
            </ul>
          </div>
        ) : null,
      )}
    </section>
  );
}
