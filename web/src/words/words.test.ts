import { describe, expect, test } from "vitest";

// Some pages bring words of their own, which are fetched with them.
const files = import.meta.glob<object>(["./*.json", "../pages/**/words/*.json"], { eager: true, import: "default" });
const PLURAL = /_(zero|one|two|few|many|other)$/;

function keysOf(words: object, above = ""): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" ? [`${above}${key}`] : keysOf(value, `${above}${key}.`),
  );
}

const folders = [...new Set(Object.keys(files).map((file) => file.slice(0, file.lastIndexOf("/"))))];

describe.each(folders)("in %s", (folder) => {
  const own = Object.entries(files).filter(([file]) => file.startsWith(`${folder}/`) && !file.slice(folder.length + 1).includes("/"));
  const languages = Object.fromEntries(own.map(([file, words]) => [file.slice(folder.length + 1, -5), keysOf(words)]));
  const english = languages.en ?? [];

  test("there are five languages", () => expect(Object.keys(languages).sort()).toEqual(["en", "es", "id", "pt", "zh"]));

  test.each(Object.keys(languages))("%s says everything that English says, and nothing else", (language) => {
    const plain = (keys: string[]) => new Set(keys.map((key) => key.replace(PLURAL, "")));
    expect(plain(languages[language] ?? [])).toEqual(plain(english));
  });

  test.each(Object.keys(languages))("%s has each plural that it needs", (language) => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const counted = new Set(english.filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, "")));
    for (const key of counted) for (const plural of needed) expect(languages[language]).toContain(`${key}_${plural}`);
  });

  test.each(Object.keys(languages))("%s has the same holes as English", (language) => {
    const holes = (text: unknown) => new Set(String(text).match(/\{\{\w+\}\}/g) ?? []);
    const at = (words: unknown, key: string) => key.split(".").reduce((inside, name) => (inside as Record<string, unknown>)?.[name], words);
    for (const key of languages[language] ?? []) {
      const same = english.includes(key) ? key : key.replace(PLURAL, "_other");
      expect(holes(at(files[`${folder}/${language}.json`], key)), key).toEqual(holes(at(files[`${folder}/en.json`], same)));
    }
  });
});
