import { useTranslation } from "react-i18next";
import type { components } from "../../api/schema";

type Outcome = components["schemas"]["Outcome"];

export const OUTCOMES: readonly Outcome[] = [
  "answered",
  "not_answered",
  "call_back",
  "voicemail",
  "abandoned",
  "hung_up",
  "ended",
  "failed",
  "lost",
];
const TONES: Partial<Record<Outcome, string>> = { answered: "ok", not_answered: "warn", abandoned: "warn", failed: "bad", lost: "bad" };

/** How a run ended, in a word; or that it goes on. */
export function Ending({ outcome }: { outcome: Outcome | null }) {
  const { t } = useTranslation();
  return <span className={outcome ? TONES[outcome] : "muted"}>{t(`runs.outcome.${outcome ?? "goes_on"}`)}</span>;
}
