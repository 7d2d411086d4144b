import { Textarea } from "@mantine/core";
import { useRef } from "react";
import { type FieldProps, hint, shown, useInput } from "./field";
import { InsertVariable } from "./InsertVariable";

/** A text of several lines, with holes. */
export function LongText(props: FieldProps) {
  return <Lines {...props} offersVariables />;
}

/** A formula: code that may be long. */
export function Formula(props: FieldProps) {
  return <Lines {...props} isCode />;
}

function Lines({ field, value, onChange, path, offersVariables, isCode }: FieldProps & { offersVariables?: boolean; isCode?: boolean }) {
  const input = useInput(field, path);
  const box = useRef<HTMLTextAreaElement>(null);
  const write = (text: string) => onChange(text === "" ? undefined : text, "typing");
  return (
    <Textarea
      {...input}
      ref={box}
      dir={isCode ? "ltr" : "auto"}
      autosize
      minRows={isCode ? 1 : 2}
      maxRows={12}
      placeholder={hint(field)}
      value={shown(value)}
      classNames={isCode ? { input: "code" } : { section: "field-top" }}
      onChange={(event) => write(event.currentTarget.value)}
      rightSection={offersVariables && <InsertVariable box={box} label={input.label} onInsert={write} />}
    />
  );
}
