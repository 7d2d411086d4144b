import { Button, Checkbox, Input, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../editing/editor";
import { plainNumber } from "../shell/phone";
import { AddButton } from "./buttons";
import { type Entry, useEntries, useFlows, useNumberOwners } from "./entries";
import { type FieldProps, shown, useInput } from "./field";

interface Line {
  number: string;
  name: string;
  trunk: string;
}

/** Our numbers: each with its name, what it is reached by, and the flow that answers it now. One that another flow has
 *  moves here when this flow is published; one that is not set up yet can be typed in. */
export function Numbers({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error } = useInput(field, path);
  const entries = useEntries("numbers");
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const ours = entries.map((entry) => ({ number: shown(entry.number), name: shown(entry.name), trunk: shown(entry.trunk) }));
  const strange = chosen.filter((number) => !ours.some((one) => one.number === number)).map((number) => ({ number, name: "", trunk: "" }));
  const toggle = (number: string, isOn: boolean) => onChange(isOn ? [...chosen, number] : chosen.filter((one) => one !== number));
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <div className="field-list" role="group" aria-label={label}>
        {[...ours, ...strange].map((line) => (
          <Row key={line.number} line={line} isOn={chosen.includes(line.number)} onToggle={(isOn) => toggle(line.number, isOn)} />
        ))}
        {ours.length === 0 && <p className="muted small field-note">{t("field.no_numbers")}</p>}
        <Another onAdd={(number) => !chosen.includes(number) && onChange([...chosen, number])} />
      </div>
    </Input.Wrapper>
  );
}

function Row({ line, isOn, onToggle }: { line: Line; isOn: boolean; onToggle: (isOn: boolean) => void }) {
  const { t } = useTranslation();
  const { number, name } = line;
  const own = useEditor((editor) => editor.key);
  const owner = useNumberOwners()[number];
  const title = useFlows().find((flow) => flow.flow === owner)?.name ?? owner;
  const isElsewhere = owner !== undefined && owner !== own;
  const use = !owner ? t("field.number_free") : !isElsewhere ? t("field.number_here") : t(isOn ? "field.number_moves" : "field.number_elsewhere", { flow: title });
  const told = (
    <>
      <span className="figures number-itself">{number}</span>
      {name && <b className="small">{name}</b>}
      <Ways line={line} />
      <span className={isElsewhere ? "small number-taken" : "muted small"}>{use}</span>
    </>
  );
  if (isElsewhere && !isOn)
    return (
      <div className="number-row number-elsewhere">
        <div>{told}</div>
        <Button size="compact-sm" variant="default" aria-label={t("field.move_number", { number })} onClick={() => onToggle(true)}>
          {t("field.move_here")}
        </Button>
      </div>
    );
  return <Checkbox className="number-row" checked={isOn} onChange={(event) => onToggle(event.currentTarget.checked)} label={told} />;
}

/** What a number is reached by: calls over its trunk, and messages on the accounts that send from it. */
function Ways({ line }: { line: Line }) {
  const { t } = useTranslation();
  const accounts = useEntries("channels").filter((account) => sendsFrom(account, line.number));
  const calls = line.trunk ? t("field.number_over", { trunk: line.trunk }) : t("field.number_calls");
  return <span className="muted small">{[calls, ...accounts.map((account) => t("field.number_messages", { account: shown(account.name) }))].join(" · ")}</span>;
}

/** Whether an account names a number as its own, with or without the plus. */
export function sendsFrom(account: Entry, number: string): boolean {
  return Object.values(account).some((one) => typeof one === "string" && one.replace(/^(whatsapp:)?\+?/, "+") === number);
}

function Another({ onAdd }: { onAdd: (number: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null) return <AddButton label={t("field.other_number")} onClick={() => setTyped("")} />;

  function done() {
    const number = plainNumber(typed ?? "").replace(/[^\d+]/g, "");
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
