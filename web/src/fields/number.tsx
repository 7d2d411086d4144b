import { NumberInput } from "@mantine/core";
import { type FieldProps, hint, shown, useAround, useInput } from "./field";
import type { Path } from "./issues";
import { isObject } from "./settle";

/** A number, within the bounds of the piece's schema. */
export function NumberField({ field, value, onChange, path }: FieldProps) {
  const input = useInput(field, path);
  const { piece } = useAround();
  return (
    <NumberInput
      {...input}
      placeholder={hint(field)}
      value={typeof value === "number" ? value : shown(value)}
      {...boundsOf(piece?.schema, path)}
      clampBehavior="none"
      onChange={(number) => onChange(number === "" ? undefined : number, "typing")}
    />
  );
}

/** The bounds that a JSON Schema sets for a setting of the step itself; none are known for what lies deeper. */
function boundsOf(schema: unknown, path: Path): { min?: number; max?: number } {
  const settings = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  const own = path.length === 1 ? settings[String(path[0])] : undefined;
  if (!isObject(own)) return {};
  return {
    ...(typeof own.minimum === "number" ? { min: own.minimum } : {}),
    ...(typeof own.maximum === "number" ? { max: own.maximum } : {}),
  };
}
