import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { type Field, type Piece, wordOf } from "../../api/pieces";
import type { components } from "../../api/schema";
import type { Entry } from "../../fields/entries";
import { isObject } from "../../fields/settle";
import { plainNumber } from "../../shell/phone";

export type Section = components["schemas"]["SectionView"];

/** The sections of the workspace, as the server describes them; the same for as long as the page is open. None for
 *  those who may not read it. */
export function useSections(isAllowed = true): readonly Section[] {
  return useSectionsRead(isAllowed).data ?? [];
}

/** The same with what came of reading them. */
export function useSectionsRead(isAllowed: boolean) {
  return useQuery({
    queryKey: ["sections"],
    enabled: isAllowed,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await api.GET("/api/v1/sections")).data ?? [],
  });
}

/** A section's fields and words, with those of a type beside them, as fields are drawn from them. */
export function pieceOf(section: Section, type?: unknown): Piece {
  const own = section.types.find((one) => one.type === type);
  const languages = new Set([...Object.keys(section.words), ...Object.keys(own?.words ?? {})]);
  const words = [...languages].map((language) => [language, { ...own?.words[language], ...section.words[language] }]);
  return {
    type: own ? `${section.section}.${own.type}` : section.section,
    group: own?.group ?? "",
    words: Object.fromEntries(words),
    fields: [...section.fields, ...(own?.fields ?? [])],
    exits: [],
    has_own_exits: false,
    channels: [],
    way_round: "",
    schema: { properties: { ...propertiesOf(section.schema), ...propertiesOf(own?.schema) } },
  };
}

function propertiesOf(schema: unknown): Record<string, unknown> {
  return isObject(schema) && isObject(schema.properties) ? schema.properties : {};
}

/** A word of a section, such as its title. */
export function sectionWord(section: Section, key: string): string {
  return wordOf(pieceOf(section), key);
}

/** What a type is called, and what it is for. */
export function typeWord(section: Section, type: string, key: string): string {
  const own = section.types.find((one) => one.type === type);
  return own ? wordOf({ ...pieceOf(section), words: own.words }, key) : type;
}

/** An entry with another type: what only the type before knew is left out. */
export function ofType(section: Section, entry: Entry, type: unknown): Entry {
  const fields = [...section.fields, ...(section.types.find((one) => one.type === entry.type)?.fields ?? [])];
  const known = Object.entries(entry).filter(([name]) => fields.some((field) => field.name === name));
  return { ...Object.fromEntries(known), type };
}

/** Where a new entry is written, in place of a name: none can be called so. */
export const NEW = "~new";

/** What names an entry; a number is named by its digits, however it was written. */
export function nameOf(section: Pick<Section, "key">, entry: Entry): string {
  const name = String(entry[section.key] ?? "");
  return section.key === "number" ? plainNumber(name) : name;
}

/** One part of a form: fields that are drawn together, below a heading. */
export interface Part {
  name: string;
  fields: Field[];
}

/** Whether a field has any effect on an entry, or says something already. A field may count only with certain values of
 *  another one, as `only_with` says. */
export function counts(field: Field, section: Section, entry: Entry): boolean {
  if (entry[field.name] !== undefined || !isObject(field.only_with)) return true;
  return Object.entries(field.only_with).every(([name, values]) => {
    const now = entry[name] ?? section.fields.find((one) => one.name === name)?.default;
    return Array.isArray(values) && values.includes(now);
  });
}

/** The parts of a section's form: what names an entry first, then the fields of its type, then the named parts in the
 *  order in which their first fields come. `besides` are fields that are drawn elsewhere. */
export function partsOf(section: Section, entry: Entry, besides: readonly string[]): Part[] {
  const common = section.fields.filter((field) => !besides.includes(field.name) && counts(field, section, entry));
  const own = section.types.find((one) => one.type === entry.type)?.fields ?? [];
  const named = [...new Set(common.map(partOf).filter((part) => part !== ""))];
  return [
    { name: "", fields: common.filter((field) => partOf(field) === "") },
    { name: "type", fields: own },
    ...named.map((part) => ({ name: part, fields: common.filter((field) => partOf(field) === part) })),
  ].filter((part) => part.fields.length > 0);
}

function partOf(field: Field): string {
  return typeof field.part === "string" ? field.part : "";
}
