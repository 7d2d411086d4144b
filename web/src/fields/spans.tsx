import { Input, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AddButton, RemoveButton } from "./buttons";
import { type FieldProps, useAround, useInput } from "./field";
import { issuesAt, type Path, told } from "./issues";
import { replaced, without } from "./settle";
import { readSpan, writeSpan } from "./weeks";

const USUAL = "09:00-17:00";

/** The hours of one day. */
export function Spans({ field, value, onChange, path }: FieldProps) {
  const { label, error, description } = useInput(field, path, true);
  const spans = Array.isArray(value) ? value.map(String) : [];
  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <SpanList label={label} spans={spans} path={path} onChange={(list) => onChange(list.length ? list : undefined, "typing")} />
    </Input.Wrapper>
  );
}

/** Spans of time one below the other, each from a time of day to another. */
export function SpanList({ label, spans, path, onChange }: { label: string; spans: readonly string[]; path: Path; onChange: (spans: string[]) => void }) {
  const { t } = useTranslation();
  const { issues } = useAround();
  return (
    <div className="field-list">
      {spans.map((span, place) => {
        const [from, to] = readSpan(span);
        const mistakes = issuesAt(issues, [...path, place]).map(told).join(" ");
        return (
          <div key={place}>
            <div className="field-row">
              <TimeOfDay label={t("field.from_of", { label, number: place + 1 })} value={from} isWrong={mistakes !== ""} onChange={(time) => onChange(replaced(spans, place, writeSpan(time, to)))} />
              <span className="field-dash" aria-hidden>
                –
              </span>
              <TimeOfDay label={t("field.until_of", { label, number: place + 1 })} value={to} isWrong={mistakes !== ""} onChange={(time) => onChange(replaced(spans, place, writeSpan(from, time)))} />
              <RemoveButton label={t("field.remove_item", { label, number: place + 1 })} onClick={() => onChange(without(spans, place))} />
            </div>
            {mistakes && <p className="field-error">{mistakes}</p>}
          </div>
        );
      })}
      <AddButton label={t("field.add_hours")} of={label} onClick={() => onChange([...spans, USUAL])} />
    </div>
  );
}

function TimeOfDay({ label, value, isWrong, onChange }: { label: string; value: string; isWrong: boolean; onChange: (time: string) => void }) {
  return <TextInput className="field-time" aria-label={label} placeholder="09:00" error={isWrong} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}
