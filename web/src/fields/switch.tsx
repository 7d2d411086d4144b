import { Switch } from "@mantine/core";
import { type FieldProps, useInput } from "./field";

/** Yes or no. */
export function SwitchField({ field, value, onChange, path }: FieldProps) {
  const input = useInput(field, path);
  const usual = field.default === true;
  return (
    <Switch
      {...input}
      checked={typeof value === "boolean" ? value : usual}
      onChange={(event) => onChange(event.currentTarget.checked === usual ? undefined : event.currentTarget.checked)}
    />
  );
}
