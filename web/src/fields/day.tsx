import { TextInput } from "@mantine/core";
import { type FieldProps, shown, useInput } from "./field";

/** A day of the calendar. */
export function Day({ field, value, onChange, path }: FieldProps) {
  return <TextInput {...useInput(field, path)} type="date" value={shown(value)} onChange={(event) => onChange(event.currentTarget.value || undefined, "typing")} />;
}
