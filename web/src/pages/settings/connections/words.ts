import { useQuery } from "@tanstack/react-query";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import type { components } from "../../../api/schema";
import { atTime } from "../../../shell/times";

export type Finding = components["schemas"]["FindingView"];

/** These words are many, and few pages say them, so they are fetched when one does. */
const NAMESPACE = "connections";
const files = import.meta.glob<{ default: object }>("./words/*.json");
const MOMENTS = new Set(["at", "since", "until", "first", "last", "last_at"]);

export interface Said {
  sentence: string;
  fix: string;
}

/** What the pages of trunks and channels say; null while the words are fetched. */
export function useConnectionWords() {
  const { t, i18n } = useTranslation(NAMESPACE);
  const language = i18n.language;
  const { data } = useQuery({ queryKey: ["words", NAMESPACE, language], queryFn: () => fetchWords(language), staleTime: Number.POSITIVE_INFINITY });
  if (!data) return null;
  return {
    say: (key: string, values: Record<string, unknown> = {}) => t(`page.${key}`, inWords(values, language)),
    tell: (finding: Finding): Said => {
      const values = inWords(finding.values, language);
      const has = (part: string) => i18n.exists(`said.${finding.code}.${part}`, { ns: NAMESPACE, ...values });
      return {
        sentence: has("found") ? t(`said.${finding.code}.found`, values) : finding.sentence,
        fix: finding.fix && has("fix") ? t(`said.${finding.code}.fix`, values) : finding.fix,
      };
    },
  };
}

async function fetchWords(language: string): Promise<boolean> {
  const found = await (files[`./words/${language}.json`] ?? files["./words/en.json"])?.();
  if (found) i18next.addResourceBundle(language, NAMESPACE, found.default);
  return true;
}

/** Moments and amounts as people of a language write them; the rest as it is. */
export function inWords(values: Readonly<Record<string, unknown>>, language: string): Record<string, unknown> {
  const said = (name: string, value: unknown) => {
    if (MOMENTS.has(name) && typeof value === "string") return atTime(value, language);
    return value;
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, said(name, value)]));
}
