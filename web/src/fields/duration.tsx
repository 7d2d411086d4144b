import { Input, NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isAllowed, readAmount } from "./amounts";
import { readDuration, UNITS, type Unit, unitInWords, writeDuration } from "./durations";
import { type FieldProps, useInput } from "./field";

/** How long: an amount and its unit. */
export function Duration({ field, value, onChange, path }: FieldProps) {
  const { t, i18n } = useTranslation();
  const { label, error, description } = useInput(field, path);
  const written = readDuration(value);
  const usual = readDuration(field.default);
  const [chosen, setChosen] = useState<Unit | null>(null);
  const unit = written?.unit ?? chosen ?? usual?.unit ?? "second";
  const placeholder = usual ? String(usual.amount) : t("field.not_set");

  function change(typed: number | string, as: Unit, fold: string) {
    const amount = readAmount(typed);
    setChosen(as);
    if (amount !== null) onChange(amount === undefined ? undefined : writeDuration({ amount, unit: as }), fold);
  }

  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-pair">
        <NumberInput
          aria-label={label}
          error={Boolean(error)}
          min={0}
          allowNegative={false}
          isAllowed={isAllowed}
          value={written?.amount ?? ""}
          placeholder={placeholder}
          hideControls
          onChange={(amount) => change(amount, unit, "typing")}
        />
        <NativeSelect
          aria-label={t("field.unit_of", { label })}
          value={unit}
          data={UNITS.map((one) => ({ value: one, label: unitInWords(one, i18n.language) }))}
          onChange={(event) => {
            const as = event.currentTarget.value as Unit;
            const amount = written?.amount ?? usual?.amount;
            if (amount === undefined) setChosen(as);
            else change(amount, as, "");
          }}
        />
      </div>
    </Input.Wrapper>
  );
}
