import { Checkbox, Input, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../editing/editor";
import { AddButton } from "./buttons";
import { useEntries, useFlows, useNumberOwners } from "./entries";
import { type FieldProps, shown, useInput } from "./field";

/** Our numbers: each with its name and the flow that answers it now. One that is not set up yet can be typed in. */
export function Numbers({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error } = useInput(field, path);
  const entries = useEntries("numbers");
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const ours = entries.map((entry) => ({ number: shown(entry.number), name: shown(entry.name) }));
  const strange = chosen.filter((number) => !ours.some((one) => one.number === number)).map((number) => ({ number, name: "" }));
  const toggle = (number: string, isOn: boolean) => onChange(isOn ? [...chosen, number] : chosen.filter((one) => one !== number));
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <div className="field-list" role="group" aria-label={label}>
        {[...ours, ...strange].map(({ number, name }) => (
          <Checkbox
            key={number}
            className="number-row"
            checked={chosen.includes(number)}
            onChange={(event) => toggle(number, event.currentTarget.checked)}
            label={
              <>
                <span className="figures number-itself">{number}</span>
                <Told number={number} name={name} />
              </>
            }
          />
        ))}
        {ours.length === 0 && <p className="muted small field-note">{t("field.no_numbers")}</p>}
        <Another onAdd={(number) => !chosen.includes(number) && onChange([...chosen, number])} />
      </div>
    </Input.Wrapper>
  );
}

function Told({ number, name }: { number: string; name: string }) {
  const { t } = useTranslation();
  const own = useEditor((editor) => editor.key);
  const owner = useNumberOwners()[number];
  const flows = useFlows();
  const title = flows.find((flow) => flow.flow === owner)?.name ?? owner;
  const use = !owner ? t("field.number_free") : owner === own ? t("field.number_here") : t("field.number_elsewhere", { flow: title });
  return (
    <span className={owner && owner !== own ? "small number-taken" : "muted small"}>
      {name && <b>{name} · </b>}
      {use}
    </span>
  );
}

function Another({ onAdd }: { onAdd: (number: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null) return <AddButton label={t("field.other_number")} onClick={() => setTyped("")} />;

  function done() {
    const number = (typed ?? "").replace(/[^\d+]/g, "");
    if (number) onAdd(number);
    setTyped(null);
  }

  return (
    <TextInput
      autoFocus
      aria-label={t("field.other_number")}
      placeholder="+31201234567"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => event.key === "Enter" && done()}
    />
  );
}
