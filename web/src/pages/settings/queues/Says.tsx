import { useTranslation } from "react-i18next";
import { useEntries } from "../../../fields/entries";
import type { ExtraProps } from "../extras";
import { type Saying, sayingsOf } from "./says";
import { waitInWords } from "./waits";

/** At the foot of a queue's form: in words, what its settings do. */
export default function Says({ entry }: ExtraProps) {
  const { t, i18n } = useTranslation();
  const sayings = sayingsOf(entry, useEntries("tiers"));
  const say = ({ key, of, seconds }: Saying) => {
    const waits = Object.entries(seconds).map(([name, wait]) => [name, waitInWords(wait, i18n.language)]);
    return String(t(`settings.queue_says.${key}`, { ...of, ...Object.fromEntries(waits) }));
  };
  if (sayings.length === 0) return null;
  return (
    <section className="settings-says" aria-live="polite">
      <h2>{t("settings.queue_says.title")}</h2>
      {sayings.map((one) => (
        <p key={one.key}>{say(one)}</p>
      ))}
    </section>
  );
}
