import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { questions } from "../api/client";
import en from "../words/en.json";

export const LANGUAGES = {
  en: "English",
  es: "Español",
  pt: "Português",
  zh: "简体中文",
  id: "Bahasa Indonesia",
} as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = "skipline.language";
const others = import.meta.glob<{ default: object }>(["../words/*.json", "!../words/en.json"]);

/** Speak another language from now on; its words are fetched the first time. */
export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "words")) {
    const found = await others[`../words/${language}.json`]?.();
    if (found) i18next.addResourceBundle(language, "words", found.default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  keep(language);
  void questions.invalidateQueries(); // the server speaks it too
}

/** Begin in the language that was chosen before, else in the browser's, else in English. */
export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    defaultNS: "words",
    resources: { en: { words: en } },
    interpolation: { escapeValue: false }, // React escapes
  });
  const wanted = new URLSearchParams(location.search).get("language") ?? kept() ?? navigator.language.slice(0, 2);
  await setLanguage(isLanguage(wanted) ? wanted : "en").catch(() => setLanguage("en")); // its words did not come
}

/** A browser that keeps nothing refuses to be asked, too. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(language: Language): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch {} // it is asked for again the next time
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}

function isLanguage(name: string): name is Language {
  return Object.hasOwn(LANGUAGES, name);
}
