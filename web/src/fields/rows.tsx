import { Autocomplete, Input, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../editing/editor";
import { AddButton, RemoveButton } from "./buttons";
import { operatorsFor, type Row, shapeOf, valueFrom, valuesOf, withOperator, withVariable } from "./conditions";
import { useSeen } from "./entries";
import { type FieldProps, shown, useAround, useInput } from "./field";
import { unlessChosen } from "./named";
import { isObject, replaced, without } from "./settle";
import { typeOf } from "./variables";

/** Conditions, as a field of their own. */
export function Rows({ field, value, onChange, path }: FieldProps) {
  const { label, error } = useInput(field, path);
  const rows = (Array.isArray(value) ? value : []).filter(isObject) as Row[];
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <RowList rows={rows} onChange={(after, fold) => onChange(after.length ? after : undefined, fold)} />
    </Input.Wrapper>
  );
}

interface RowListProps {
  rows: readonly Row[];
  onChange: (rows: Row[], fold: string) => void;
  /** What joins the rows, such as "and". */
  word?: string;
  /** What stands beside the button that adds a row. */
  besides?: ReactNode;
}

/** Rows of `variable · operator · values`, with a button for one more. */
export function RowList({ rows, onChange, word = "", besides }: RowListProps) {
  const { t } = useTranslation();
  return (
    <div className="field-list">
      {rows.map((row, place) => (
        <div key={place} className="condition">
          {place > 0 && word && <span className="muted small">{word}</span>}
          <Condition
            row={row}
            number={place + 1}
            onChange={(after, fold) => onChange(replaced(rows, place, after), fold && `${place} ${fold}`)}
            onRemove={rows.length > 1 ? () => onChange(without(rows, place), "") : null}
          />
        </div>
      ))}
      <div className="condition-adds">
        <AddButton label={t("field.add_condition")} onClick={() => onChange([...rows, { variable: "", operator: "is" }], "")} />
        {besides}
      </div>
    </div>
  );
}

interface ConditionProps {
  row: Row;
  number: number;
  onChange: (row: Row, fold: string) => void;
  onRemove: (() => void) | null;
}

function Condition({ row, number, onChange, onRemove }: ConditionProps) {
  const { t } = useTranslation();
  const { variables } = useAround();
  const type = typeOf(variables, row.variable ?? "");
  const group = (title: string, isKept: boolean) => {
    const items = variables.filter((one) => Boolean(one.from) === isKept).map((one) => one.name);
    return items.length ? [{ group: title, items }] : [];
  };
  return (
    <>
      <div className="condition-head">
        <Autocomplete
          aria-label={t("field.variable_of", { number })}
          placeholder={t("field.variable")}
          classNames={{ input: "code", option: "code" }}
          comboboxProps={{ width: 280, position: "bottom-start" }}
          value={row.variable ?? ""}
          data={[...group(t("field.kept_before"), true), ...group(t("field.always_known"), false)]}
          filter={unlessChosen}
          limit={60}
          rightSection={<IconSelector size={14} aria-hidden />}
          rightSectionPointerEvents="none"
          onChange={(name) => onChange(withVariable(row, name, typeOf(variables, name)), "variable")}
        />
        <NativeSelect
          aria-label={t("field.operator_of", { number })}
          value={row.operator ?? "is"}
          data={operatorsFor(type, row.operator).map((one) => ({ value: one, label: t(`operator.${one}`) }))}
          onChange={(event) => onChange(withOperator(row, event.currentTarget.value), "")}
        />
        {onRemove && <RemoveButton label={t("field.remove_condition", { number })} onClick={onRemove} />}
      </div>
      <Compared row={row} number={number} onChange={onChange} />
    </>
  );
}

/** What a row compares with: nothing, one value, two ends or any number of values. */
function Compared({ row, number, onChange }: Omit<ConditionProps, "onRemove">) {
  const { t } = useTranslation();
  const { variables } = useAround();
  const operator = row.operator ?? "is";
  const read = (text: string) => valueFrom(text, operator, typeOf(variables, row.variable ?? ""));
  const label = t("field.values_of", { number });
  const values = valuesOf(row.value);
  const seen = useSeen(useEditor((editor) => editor.key))[row.variable ?? ""] ?? [];
  switch (shapeOf(operator)) {
    case "none":
      return null;
    case "many":
      return (
        <TagsInput
          aria-label={label}
          placeholder={values.length ? "" : t("field.type_values")}
          value={values.map(String)}
          data={seen}
          acceptValueOnBlur
          onChange={(texts) => onChange({ ...row, value: texts.map((text) => values.find((one) => String(one) === text) ?? read(text)) }, "")}
        />
      );
    case "two":
      return (
        <div className="field-pair">
          {[0, 1].map((end) => (
            <TextInput
              key={end}
              aria-label={t(end ? "field.highest_of" : "field.lowest_of", { number })}
              value={shown(values[end])}
              onChange={(event) => {
                const both = [values[0] ?? "", values[1] ?? ""];
                onChange({ ...row, value: replaced(both, end, read(event.currentTarget.value)) }, `end ${end}`);
              }}
            />
          ))}
        </div>
      );
    default:
      return (
        <Autocomplete
          aria-label={label}
          placeholder={t("field.value")}
          value={shown(row.value)}
          data={seen}
          filter={unlessChosen}
          onChange={(text) => onChange({ ...row, value: read(text) }, "value")}
        />
      );
  }
}
