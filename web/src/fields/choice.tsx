import { MultiSelect, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { wordOf } from "../api/pieces";
import { type FieldProps, shown, useAround, useInput } from "./field";

/** One of a few. What is written and not among them stays, and can be seen. */
export function Choice({ field, value, onChange, path }: FieldProps) {
  const input = useInput(field, path);
  const wordFor = useWords(field.label);
  const now = shown(value ?? field.default);
  const choices = [...new Set([...(field.choices ?? []), now])];
  return (
    <NativeSelect
      {...input}
      value={now}
      data={choices.map((one) => ({ value: one, label: wordFor(one) }))}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        onChange(chosen === shown(field.default) ? undefined : chosen);
      }}
    />
  );
}

/** Any of a few. */
export function Choices({ field, value, onChange, path }: FieldProps) {
  const input = useInput(field, path);
  const wordFor = useWords(field.label);
  const now = Array.isArray(value) ? value.map(String) : [];
  const choices = [...new Set([...(field.choices ?? []), ...now])];
  return (
    <MultiSelect
      {...input}
      value={now}
      data={choices.map((one) => ({ value: one, label: wordFor(one) }))}
      onChange={(chosen) => onChange(chosen.length ? chosen : undefined)}
    />
  );
}

/** A piece may have a word for each choice, such as `rings_first.agent`; there are words for the usual ones, and what is
 *  a word of a protocol, such as GET, speaks for itself. */
function useWords(label: string): (choice: string) => string {
  const { piece } = useAround();
  const { t } = useTranslation();
  return (choice) => {
    const key = `${label}.${choice}`;
    const word = wordOf(piece, key);
    return word === key ? t(`field.choice.${choice}`, { defaultValue: choice }) : word;
  };
}
