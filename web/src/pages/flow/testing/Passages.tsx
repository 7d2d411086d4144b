import { useTranslation } from "react-i18next";
import { useCatalogue } from "../../../api/pieces";
import type { components } from "../../../api/schema";
import { exitCalled, stepCalled } from "../../../editing/called";
import { useEditor } from "../../../editing/editor";
import { spanOf } from "../../../shell/times";
import { wordsOf } from "./telling";

export type Tried = components["schemas"]["TryView"];

/** How a test went: how it ended, each step with its way out, why and how long, and what the contact would have been told. */
export function Passages({ tried }: { tried: Tried }) {
  const { t, i18n } = useTranslation();
  const span = (seconds: number) => spanOf(seconds * 1000, i18n.language);
  const { flow, exits } = useEditor();
  const catalogue = useCatalogue();
  const said = tried.commands.flatMap((deed) => wordsOf(deed.command, deed.settings) || []);
  return (
    <section aria-label={t("testing.how_it_went")} className="passages">
      <p className="test-end" role="status">
        {tried.outcome ? t(`testing.outcome.${tried.outcome}`) : t("testing.still_on")}
        {tried.ended_after !== null && <span className="muted small"> {span(tried.ended_after)}</span>}
      </p>
      {tried.reached.length > 0 && <p className="small">{t("testing.reached", { whom: tried.reached.join(", ") })}</p>}
      {tried.differences.map((sentence) => (
        <p key={sentence} className="warned small">
          {sentence}
        </p>
      ))}
      <ol>
        {tried.trace.map((entry, place) => (
          <li key={place}>
            <div>
              <span className="lit-number">{place + 1}</span>
              <b>{stepCalled(flow, catalogue, entry.step)}</b>
              <span className="muted small figures">{span(entry.ms / 1000)}</span>
            </div>
            <p className="small">→ {exitCalled(flow, exits, catalogue, entry.step, entry.exit)}</p>
            {typeof entry.detail.why === "string" && <p className="muted small">{entry.detail.why}</p>}
          </li>
        ))}
      </ol>
      {said.length > 0 && (
        <>
          <h3>{t("testing.said")}</h3>
          {said.map((text, place) => (
            <blockquote key={place}>{text}</blockquote>
          ))}
        </>
      )}
    </section>
  );
}
