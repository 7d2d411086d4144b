import { Autocomplete, type AutocompleteProps, TagsInput } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Noun, useFlows, useNames } from "./entries";
import { type FieldProps, hint, shown, useAround, useInput } from "./field";
import { MakeNew } from "./MakeNew";

const NOUNS: Record<string, Noun> = {
  queue: "queues",
  queues: "queues",
  source: "sources",
  table: "tables",
  hours: "hours",
  tier: "tiers",
  trunk: "trunks",
  our_number: "numbers",
  skill: "skills",
  agent: "agents",
  agents: "agents",
  accounts: "channels",
};

/** Kinds in which a text with holes may stand instead of a name. */
const WITH_HOLES = new Set(["tier", "agent", "language"]);

/** Languages of callers that are offered; any other tag can be typed. */
export const SPOKEN = ["en", "es", "pt", "zh", "id", "ar", "de", "fr", "hi", "it", "ja", "ko", "nl", "pl", "ru", "th", "tr", "vi"];

/** Something of the workspace by its name. A name that is typed in is kept, whether or not there is such a thing yet. */
export function Named(props: FieldProps) {
  const noun = NOUNS[props.field.kind] ?? null;
  return (
    <div className="field-named">
      <OneOf {...props} names={useNames(noun)} />
      <MakeNew noun={noun} onMade={(name) => props.onChange(name)} />
    </div>
  );
}

/** Another flow. */
export function FlowName(props: FieldProps) {
  const flows = useFlows();
  return <OneOf {...props} names={flows.map((flow) => flow.flow)} say={(key) => flows.find((one) => one.flow === key)?.name} />;
}

export function Language(props: FieldProps) {
  const { i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: "language" });
  return <OneOf {...props} names={SPOKEN} say={(tag) => (SPOKEN.includes(tag) ? names.of(tag) : undefined)} />;
}

/** Several things of the workspace by their names. */
export function SeveralNamed({ field, value, onChange, path }: FieldProps) {
  const names = useNames(NOUNS[field.kind] ?? null);
  const now = Array.isArray(value) ? value.map(String) : [];
  return (
    <TagsInput
      {...useInput(field, path)}
      value={now}
      data={names}
      splitChars={[]}
      acceptValueOnBlur
      onChange={(chosen) => onChange(chosen.length ? chosen : undefined)}
    />
  );
}

/** One of some names, or another one that is typed in. */
export function OneOf({ field, value, onChange, path, names, say }: FieldProps & { names: string[]; say?: (name: string) => string | undefined }) {
  const { t } = useTranslation();
  const { variables } = useAround();
  const holes = WITH_HOLES.has(field.kind) ? variables.filter((one) => one.from).map((one) => `{{ ${one.name} }}`) : [];
  return (
    <Autocomplete
      {...useInput(field, path)}
      placeholder={hint(field)}
      value={shown(value)}
      data={[...names, ...(holes.length ? [{ group: t("field.variables"), items: holes }] : [])]}
      filter={unlessChosen}
      rightSection={<IconSelector size={15} aria-hidden />}
      rightSectionPointerEvents="none"
      {...(say ? { renderOption: ({ option }) => <Option name={option.value} word={say(option.value)} /> } : {})}
      onChange={(typed) => onChange(typed === "" ? undefined : typed, "typing")}
    />
  );
}

function Option({ name, word }: { name: string; word: string | undefined }) {
  return (
    <span>
      {word ?? name} {word && word !== name && <span className="muted small">{name}</span>}
    </span>
  );
}

/** What is chosen already does not hide what else could be. */
export const unlessChosen: NonNullable<AutocompleteProps["filter"]> = ({ options, search }) => {
  const wanted = search.trim().toLowerCase();
  const all = options.flatMap((one) => ("items" in one ? one.items : [one]));
  if (!wanted || all.some((one) => one.value.toLowerCase() === wanted)) return options;
  const fits = (one: { value: string }) => one.value.toLowerCase().includes(wanted);
  return options
    .map((one) => ("items" in one ? { ...one, items: one.items.filter(fits) } : one))
    .filter((one) => ("items" in one ? one.items.length > 0 : fits(one)));
};
