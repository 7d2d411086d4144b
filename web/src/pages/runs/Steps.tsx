import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { exitWord, useCatalogue } from "../../api/pieces";
import type { Exits } from "../../graph/document";
import { atTime, spanOf } from "../../shell/times";
import { Detail } from "./Detail";
import { Left } from "./Left";
import { Values } from "./Values";
import { type Run, type Taken, textAt } from "./taken";

interface Props {
  run: Run;
  taken: readonly Taken[];
  names: readonly string[];
  exits: Exits;
  chosen: number | null;
  onChoose: (place: number) => void;
}

/** Each step that a run went through with its way out and its time; the chosen one with all that is known of it. */
export function Steps({ run, taken, names, exits, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <aside className="run-side" aria-label={t("runs.steps")} tabIndex={0}>
      {run.is_masked && <p className="muted small">{t("runs.masked")}</p>}
      <h2 className="eyebrow">{t("runs.steps")}</h2>
      <ol>
        {taken.map((one, place) => (
          <Step key={place} run={run.id} taken={one} name={names[place] ?? one.step} exits={exits} isChosen={place === chosen} onChoose={() => onChoose(place)} />
        ))}
      </ol>
      {taken.length === 0 && <p className="muted">{t("runs.no_step")}</p>}
      <h2 className="eyebrow">{t("runs.variables")}</h2>
      <Values values={Object.entries(run.variables)} none={t("runs.no_variables")} />
    </aside>
  );
}

interface One {
  run: string;
  taken: Taken;
  name: string;
  exits: Exits;
  isChosen: boolean;
  onChoose: () => void;
}

function Step({ run, taken, name, exits, isChosen, onChoose }: One) {
  const { t, i18n } = useTranslation();
  const piece = useCatalogue().steps[taken.type];
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const left = exits[taken.step]?.find((one) => one.name === taken.exit);
  const exit = left ? exitWord(piece, left) : taken.exit;
  const why = textAt(taken.detail, "why");
  const file = textAt(taken.detail, "file");
  return (
    <li ref={row} data-chosen={isChosen || undefined} data-group={piece?.group}>
      <button type="button" aria-expanded={isChosen} onClick={onChoose}>
        <strong>{name}</strong>
        {exit && <span className="muted"> → {exit}</span>}
        {taken.isHere && <span className="muted"> · {t("runs.here")}</span>}
        <small className="muted figures">
          {atTime(taken.at, i18n.language)} · {spanOf(taken.ms, i18n.language)}
        </small>
      </button>
      {isChosen ? <Detail taken={taken} /> : why && <p className="small step-why">{why}</p>}
      {file && <Left run={run} file={file} />}
    </li>
  );
}
