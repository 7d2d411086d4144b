import { type FocusEvent, type MouseEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../../api/pieces";
import { Headings } from "../../shell/Headings";
import { atTime, spanOf } from "../../shell/times";
import { sharesOf, type Taken } from "./taken";

interface Props {
  taken: readonly Taken[];
  names: readonly string[];
  chosen: number | null;
  onChoose: (place: number) => void;
}

/** Where the time of a run went: each step a part of the bar as long as it took, and the same as a table to be read out. */
export function TimeBar({ taken, names, chosen, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const { steps } = useCatalogue();
  const [looked, setLooked] = useState<number | null>(null);
  const shares = sharesOf(taken);
  const span = (place: number) => spanOf(taken[place]?.ms ?? 0, i18n.language);
  const percent = (place: number) => new Intl.NumberFormat(i18n.language, { style: "percent" }).format(shares[place] ?? 0);
  const shown = looked ?? chosen;
  const all = spanOf(taken.reduce((sum, one) => sum + one.ms, 0), i18n.language);
  const look = (event: FocusEvent | MouseEvent) => setLooked(Number((event.currentTarget as HTMLElement).dataset.place));
  const away = () => setLooked(null);
  if (taken.length === 0) return null;
  return (
    <section className="time-bar" aria-label={t("runs.bar")}>
      <div className="time-parts">
        {taken.map((one, place) => (
          <button
            key={place}
            type="button"
            data-place={place}
            data-group={steps[one.type]?.group}
            aria-pressed={place === chosen}
            aria-label={t("runs.part", { place: place + 1, step: names[place], time: span(place) })}
            style={{ flexGrow: Math.max(shares[place] ?? 0, 0.004) * 1000 }}
            onClick={() => onChoose(place)}
            onMouseEnter={look}
            onMouseLeave={away}
            onFocus={look}
            onBlur={away}
          />
        ))}
      </div>
      <p className="small figures" aria-hidden="true">
        {shown !== null && taken[shown] ? (
          <>
            <b>
              {shown + 1}. {names[shown]}
            </b>{" "}
            {span(shown)} · {percent(shown)}
          </>
        ) : (
          <span className="muted">{t("runs.took", { time: all })}</span>
        )}
      </p>
      <table className="unseen">
        <caption>{t("runs.bar")}</caption>
        <Headings names={["step", "time", "span", "share"].map((column) => t(`runs.${column}`))} />
        <tbody>
          {taken.map((one, place) => (
            <tr key={place}>
              <th scope="row">{names[place]}</th>
              <td>{atTime(one.at, i18n.language)}</td>
              <td>{span(place)}</td>
              <td>{percent(place)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
