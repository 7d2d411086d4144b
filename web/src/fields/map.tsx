import { Autocomplete, Input, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AddButton, RemoveButton } from "./buttons";
import { type FieldProps, shown, useInput } from "./field";
import { HoleInput } from "./HoleInput";
import { fitsBeside } from "./names";
import { readScalar } from "./scalars";
import { isObject } from "./settle";

/** Names and texts, such as the headers of a request. */
export function MapField(props: FieldProps) {
  return <Pairs {...props} read={(text) => text} />;
}

/** Variables and the values they get: numbers and truth values stay what they are. */
export function Values(props: FieldProps) {
  return <Pairs {...props} read={readScalar} isCode />;
}

function Pairs({ field, value, onChange, path, read, isCode }: FieldProps & { read: (text: string) => unknown; isCode?: boolean }) {
  const { t } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  const pairs = Object.entries(isObject(value) ? value : {});
  const write = (list: [string, unknown][], fold = "") => onChange(list.length ? Object.fromEntries(list) : undefined, fold);
  const names = pairs.map(([name]) => name);

  function rename(place: number, name: string) {
    write(
      pairs.map((pair, at) => (at === place ? [name, pair[1]] : pair)),
      `name ${place}`,
    );
  }

  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-list">
        {pairs.map(([name, one], place) => (
          <div key={place} className="field-row">
            <NameInput
              isCode={isCode ?? false}
              label={t("field.name_of", { label, number: place + 1 })}
              name={name}
              others={names.filter((_, at) => at !== place)}
              onRename={(after) => rename(place, after)}
            />
            <HoleInput
              label={t("field.value_of", { name: name || label })}
              placeholder={t("field.value")}
              value={shown(one)}
              path={[...path, name]}
              onChange={(text) =>
                write(
                  pairs.map((pair, at) => (at === place ? [name, read(text)] : pair)),
                  `value ${place}`,
                )
              }
            />
            <RemoveButton label={t("field.remove_item", { label, number: place + 1 })} onClick={() => write(pairs.filter((_, at) => at !== place))} />
          </div>
        ))}
        {!names.includes("") && <AddButton label={t("field.add")} of={label} onClick={() => write([...pairs, ["", ""]])} />}
      </div>
    </Input.Wrapper>
  );
}

interface NameProps {
  label: string;
  name: string;
  others: readonly string[];
  isCode: boolean;
  onRename: (name: string) => void;
}

/** The name of a pair. One that cannot stand in the map as it is typed so far is kept here until more is typed. */
function NameInput({ label, name, others, isCode, onRename }: NameProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const write = (after: string) => {
    const isFit = fitsBeside(after, others);
    setTyped(isFit ? null : after);
    if (isFit) onRename(after);
  };
  const leave = () => {
    setTyped(null);
    if (typed !== null && !others.includes(typed)) onRename(typed);
  };
  return (
    <TextInput
      className="field-name"
      classNames={isCode ? { input: "code" } : {}}
      aria-label={label}
      placeholder={t("field.name")}
      value={typed ?? name}
      error={typed !== null && others.includes(typed) && t("field.name_taken")}
      onChange={(event) => write(event.currentTarget.value)}
      onBlur={leave}
    />
  );
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"];

/** What somebody may press, and the exit that it leads to. */
export function Keys({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error } = useInput(field, path, true);
  const pairs = Object.entries(isObject(value) ? value : {});
  const taken = pairs.map(([key]) => key);
  const free = KEYS.filter((key) => !taken.includes(key));
  const write = (list: [string, unknown][], fold = "") => onChange(list.length ? Object.fromEntries(list) : undefined, fold);
  const change = (place: number, pair: [string, unknown], fold = "") => write(pairs.map((one, at) => (at === place ? pair : one)), fold);
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <div className="field-list">
        {pairs.map(([key, exit], place) => (
          <div key={key} className="field-row">
            <Autocomplete
              className="field-key"
              aria-label={t("field.key")}
              value={key}
              data={[key, ...free]}
              filter={({ options }) => options}
              onChange={(typed) => (typed === key || free.includes(typed)) && change(place, [typed, exit])}
            />
            <TextInput
              className="field-grow"
              classNames={{ input: "code" }}
              aria-label={t("field.exit_of_key", { key })}
              value={shown(exit)}
              onChange={(event) => change(place, [key, event.currentTarget.value], `key ${key}`)}
            />
            <RemoveButton
              label={t("field.remove_item", { label, number: place + 1 })}
              onClick={() => write(pairs.filter((_, at) => at !== place))}
            />
          </div>
        ))}
        {free[0] !== undefined && <AddButton label={t("field.add")} of={label} onClick={() => write([...pairs, [free[0] ?? "", `key_${pairs.length + 1}`]])} />}
      </div>
    </Input.Wrapper>
  );
}
