import { NumberInput } from "@mantine/core";
import { isAllowed, readAmount } from "./amounts";
import { type FieldProps, hint, shown, useAround, useInput } from "./field";
import type { Path } from "./issues";
import { isObject } from "./settle";

/** A number, within the bounds of the piece's schema. */
export function NumberField({ field, value, onChange, path }: FieldProps) {
  const input = useInput(field, path);
  const { piece } = useAround();
  const bounds = boundsOf(piece?.schema, path);
  return (
    <NumberInput
      {...input}
      placeholder={hint(field)}
      value={typeof value === "number" ? value : shown(value)}
      {...bounds}
      allowNegative={bounds.min === undefined || bounds.min < 0}
      isAllowed={isAllowed}
      clampBehavior="none"
      onChange={(typed) => {
        const number = readAmount(typed);
        if (number !== null) onChange(number, "typing");
      }}
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
