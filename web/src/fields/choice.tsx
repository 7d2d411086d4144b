import { MultiSelect, NativeSelect } from "@mantine/core";
import { type Piece, wordOf } from "../api/pieces";
import { type FieldProps, shown, useAround, useInput } from "./field";

/** One of a few. What is written and not among them stays, and can be seen. */
export function Choice({ field, value, onChange, path }: FieldProps) {
  const input = useInput(field, path);
  const { piece } = useAround();
  const now = shown(value ?? field.default);
  const choices = [...new Set([...(field.choices ?? []), now])];
  return (
    <NativeSelect
      {...input}
      value={now}
      data={choices.map((one) => ({ value: one, label: wordFor(piece, field.label, one) }))}
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
  const { piece } = useAround();
  const now = Array.isArray(value) ? value.map(String) : [];
  const choices = [...new Set([...(field.choices ?? []), ...now])];
  return (
    <MultiSelect
      {...input}
      value={now}
      data={choices.map((one) => ({ value: one, label: wordFor(piece, field.label, one) }))}
      onChange={(chosen) => onChange(chosen.length ? chosen : undefined)}
    />
  );
}

/** A piece may have a word for each choice, such as `rings_first.agent`; else the choice speaks for itself. */
function wordFor(piece: Piece | undefined, label: string, choice: string): string {
  const key = `${label}.${choice}`;
  const word = wordOf(piece, key);
  return word === key ? choice : word;
}
