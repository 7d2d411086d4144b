import { useTranslation } from "react-i18next";
import { type Field, wordOf } from "../../api/pieces";
import { durationInWords, readDuration } from "../../fields/durations";
import { shownOf } from "./columns";
import { pieceOf, type Section, typeWord } from "./sections";

/** A value in a table, as people read it. */
export function CellOf({ section, field, value }: { section: Section; field: Field; value: unknown }) {
  const { t, i18n } = useTranslation();
  const shown = shownOf(field, value);
  const say = (word: unknown): string => {
    const isDuration = (field.kind === "duration" || field.kind === "object") && readDuration(word) !== null;
    return isDuration ? durationInWords(word, i18n.language) : String(word);
  };
  if (shown === null) return <span className="muted">–</span>;
  if ("count" in shown) return <>{t("settings.rows", { count: shown.count })}</>;
  if ("chips" in shown)
    return (
      <span className="settings-chips">
        {shown.chips.map((chip, place) => (
          <span key={place} className="settings-chip">
            {say(chip)}
          </span>
        ))}
      </span>
    );
  const text = field.kind === "type" ? typeWord(section, shown.text, "title") : field.kind === "choice" ? wordOf(pieceOf(section), `${field.label}.${shown.text}`) : say(shown.text);
  return <span className={shown.isUsual ? "muted" : undefined}>{text}</span>;
}
