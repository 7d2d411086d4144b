import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue } from "../../api/pieces";
import type { components } from "../../api/schema";
import type { Exits, FlowDocument } from "../../graph/document";
import { atTime, spanOf } from "../../shell/times";

type Run = components["schemas"]["RunView"];
type Entry = Run["trace"][number];

/** Each step that a run went through: its exit, why, and when; then its variables. */
export function Passages({ run, flow, exits }: { run: Run; flow: FlowDocument | null; exits: Exits }) {
  const { t } = useTranslation();
  const variables = Object.entries(run.variables);
  return (
    <aside className="run-side" aria-label={t("runs.steps")} tabIndex={0}>
      <h2 className="eyebrow">{t("runs.steps")}</h2>
      <ol>
        {run.trace.map((entry, place) => (
          <Passage key={place} entry={entry} flow={flow} exits={exits} />
        ))}
      </ol>
      {run.trace.length === 0 && <p className="muted">{t("runs.no_step")}</p>}
      <h2 className="eyebrow">{t("runs.variables")}</h2>
      {variables.length === 0 && <p className="muted">{t("runs.no_variables")}</p>}
      <dl>
        {variables.map(([name, value]) => (
          <div key={name}>
            <dt className="code">{name}</dt>
            <dd className="code">{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

function Passage({ entry, flow, exits }: { entry: Entry; flow: FlowDocument | null; exits: Exits }) {
  const { i18n } = useTranslation();
  const piece = useCatalogue().steps[entry.type];
  const exit = exits[entry.step]?.find((one) => one.name === entry.exit)?.label ?? entry.exit;
  return (
    <li>
      <strong>{flow?.steps[entry.step]?.name || titleOf(piece, entry.type)}</strong>
      {exit && <span className="muted"> → {exit}</span>}
      {typeof entry.detail.why === "string" && <p>{entry.detail.why}</p>}
      <small className="muted figures">
        {atTime(entry.at, i18n.language)} · {spanOf(entry.ms, i18n.language)}
      </small>
    </li>
  );
}
