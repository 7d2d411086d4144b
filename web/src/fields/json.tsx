import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FieldProps, useInput } from "./field";
import { same } from "./settle";

/** Anything there is no field of its own for, as JSON: nothing that is written gets lost. */
export function Json({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const input = useInput(field, path);
  const [typed, setTyped] = useState<{ text: string; read: unknown } | null>(null);
  const isMine = typed !== null && same(typed.read, value);
  const text = isMine ? typed.text : value === undefined ? "" : JSON.stringify(value, null, 2);
  const isBroken = isMine && read(typed.text) === BROKEN;

  function write(changed: string) {
    const meant = read(changed);
    setTyped({ text: changed, read: meant === BROKEN ? value : meant });
    if (meant !== BROKEN) onChange(meant, "typing");
  }

  return (
    <Textarea
      {...input}
      error={isBroken ? t("field.not_json") : input.error}
      autosize
      minRows={2}
      maxRows={14}
      classNames={{ input: "code" }}
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
    />
  );
}

const BROKEN = Symbol("no JSON");

function read(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return BROKEN;
  }
}

