import { TextInput } from "@mantine/core";
import { type FieldProps, shown, useInput } from "./field";
import { readScalar } from "./scalars";

/** One value of whatever simple type it looks like. */
export function Value({ field, value, onChange, path }: FieldProps) {
  return (
    <TextInput
      {...useInput(field, path)}
      value={shown(value)}
      onChange={(event) => onChange(event.currentTarget.value === "" ? undefined : readScalar(event.currentTarget.value), "typing")}
    />
  );
}
