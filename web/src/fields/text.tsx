import { TextInput } from "@mantine/core";
import { useRef } from "react";
import { type FieldProps, hint, shown, useInput } from "./field";
import { InsertVariable } from "./InsertVariable";

/** One line of text; kinds in which holes mean something offer variables. */
export function Text(props: FieldProps) {
  return <Line {...props} offersVariables />;
}

/** One line that is taken as it stands: a name, a pointer, a time. */
export function PlainText(props: FieldProps) {
  return <Line {...props} />;
}

/** As plain text, in the type of code. */
export function CodeText(props: FieldProps) {
  return <Line {...props} isCode />;
}

function Line({ field, value, onChange, path, offersVariables, isCode }: FieldProps & { offersVariables?: boolean; isCode?: boolean }) {
  const input = useInput(field, path);
  const box = useRef<HTMLInputElement>(null);
  const write = (text: string) => onChange(text === "" ? undefined : text, "typing");
  return (
    <TextInput
      {...input}
      ref={box}
      placeholder={hint(field)}
      value={shown(value)}
      classNames={isCode ? { input: "code" } : {}}
      onChange={(event) => write(event.currentTarget.value)}
      rightSection={offersVariables && <InsertVariable box={box} label={input.label} onInsert={write} />}
    />
  );
}
