import { Autocomplete, Input, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AddButton, RemoveButton } from "./buttons";
import { useNames } from "./entries";
import { type FieldProps, shown, useAround, useInput } from "./field";
import { issuesAt, told } from "./issues";
import { isObject } from "./settle";

const LEVELS = ["1", "2", "3", "4", "5"];
const USUAL = 3;

/** Skills, each with a level. */
export function SkillLevels({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  const { issues } = useAround();
  const known = useNames("skills");
  const pairs = Object.entries(isObject(value) ? value : {});
  const names = pairs.map(([name]) => name);
  const write = (list: [string, unknown][], fold = "") => onChange(list.length ? Object.fromEntries(list) : undefined, fold);
  const change = (place: number, pair: [string, unknown], fold: string) => write(pairs.map((one, at) => (at === place ? pair : one)), fold);
  const free = known.filter((name) => !names.includes(name));
  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-list">
        {pairs.map(([name, level], place) => {
          const mistakes = issuesAt(issues, [...path, name]).map(told).join(" ");
          return (
            <div key={place} className="field-row">
              <Autocomplete
                className="field-grow"
                aria-label={t("field.name_of", { label, number: place + 1 })}
                value={name}
                data={free}
                error={mistakes || undefined}
                onChange={(typed) => !names.some((other, at) => at !== place && other === typed) && change(place, [typed, level], `name ${place}`)}
              />
              <NativeSelect
                className="field-level"
                aria-label={t("field.level_of", { name: name || label })}
                value={shown(level)}
                data={[...new Set([...LEVELS, shown(level)])]}
                onChange={(event) => change(place, [name, Number(event.currentTarget.value)], "")}
              />
              <RemoveButton label={t("field.remove_item", { label, number: place + 1 })} onClick={() => write(pairs.filter((_, at) => at !== place))} />
            </div>
          );
        })}
        {!names.includes("") && <AddButton label={t("field.add")} of={label} onClick={() => write([...pairs, [free[0] ?? "", USUAL]])} />}
      </div>
    </Input.Wrapper>
  );
}
