import { Autocomplete, Input, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AddButton, RemoveButton } from "./buttons";
import { type FieldProps, shown, useAround, useInput } from "./field";
import { issuesWithin, told } from "./issues";
import { SPOKEN, unlessChosen } from "./named";
import { isObject } from "./settle";

/** A text in each of several languages. */
export function ByLanguage({ field, value, onChange, path }: FieldProps) {
  const { t, i18n } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  const { issues } = useAround();
  const names = new Intl.DisplayNames(i18n.language, { type: "language" });
  const pairs = Object.entries(isObject(value) ? value : {});
  const taken = pairs.map(([language]) => language);
  const free = SPOKEN.filter((language) => !taken.includes(language));
  const write = (list: [string, unknown][], fold = "") => onChange(list.length ? Object.fromEntries(list) : undefined, fold);
  const change = (place: number, pair: [string, unknown], fold: string) => write(pairs.map((one, at) => (at === place ? pair : one)), fold);
  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-list">
        {pairs.map(([language, text], place) => (
          <div key={place} className="field-card">
            <div className="field-row">
              <Autocomplete
                className="field-grow"
                aria-label={t("field.language_of", { label, number: place + 1 })}
                value={language}
                data={free}
                filter={unlessChosen}
                renderOption={({ option }) => (
                  <span>
                    {names.of(option.value)} <span className="muted small">{option.value}</span>
                  </span>
                )}
                onChange={(typed) => !taken.some((other, at) => at !== place && other === typed) && change(place, [typed, text], `language ${place}`)}
              />
              <RemoveButton label={t("field.remove_item", { label, number: place + 1 })} onClick={() => write(pairs.filter((_, at) => at !== place))} />
            </div>
            <Textarea
              aria-label={t("field.value_of", { name: SPOKEN.includes(language) ? names.of(language) : language || label })}
              autosize
              minRows={2}
              maxRows={8}
              error={issuesWithin(issues, [...path, language]).map(told).join(" ") || undefined}
              value={shown(text)}
              onChange={(event) => change(place, [language, event.currentTarget.value], `text ${place}`)}
            />
          </div>
        ))}
        {!taken.includes("") && <AddButton label={t("field.add")} of={label} onClick={() => write([...pairs, [free[0] ?? "", ""]])} />}
      </div>
    </Input.Wrapper>
  );
}
