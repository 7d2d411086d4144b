import { useSuspenseQuery } from "@tanstack/react-query";
import i18next from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

const files = import.meta.glob<{ default: object }>("./words/*.json");

/** What sources, secrets and tables say beyond a field: few pages need it, so it is fetched with the first of them. */
export function FactsWords({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const { language } = i18n;
  useSuspenseQuery({ queryKey: ["words", "facts", language], queryFn: () => fetchWords(language), staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY });
  return children;
}

async function fetchWords(language: string): Promise<boolean> {
  const found = await (files[`./words/${language}.json`] ?? files["./words/en.json"])?.();
  if (found) i18next.addResourceBundle(language, "words", found.default, true);
  return true;
}
