import type { FieldProps } from "./field";
import { fieldFor } from "./registry";

/** A field as its kind is edited; a value that its kind cannot show is edited as JSON, so that nothing gets lost. */
export function FieldOf(props: FieldProps) {
  const Kind = fieldFor(props.field, props.value);
  return <Kind {...props} />;
}
