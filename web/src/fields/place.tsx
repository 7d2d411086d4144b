import { Autocomplete } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type FieldProps, hint, shown, useInput } from "./field";
import { countries } from "./places";

const SHOWN = 60;

/** What is looked for among zones: they are written with _ where people write a space. */
const spaced = (search: string) => search.trim().toLowerCase().replaceAll(" ", "_");

/** A time zone by its name, such as Europe/Amsterdam. */
export function Zone({ field, value, onChange, path }: FieldProps) {
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  return (
    <Autocomplete
      {...useInput(field, path)}
      placeholder={hint(field)}
      value={shown(value)}
      data={zones}
      limit={SHOWN}
      filter={({ options, search, limit }) => options.filter((one) => "value" in one && one.value.toLowerCase().includes(spaced(search))).slice(0, limit)}
      onChange={(typed) => onChange(typed === "" ? undefined : typed, "typing")}
    />
  );
}

/** A country by its two letters, or a region of one: it is found by its name, too. */
export function Country({ field, value, onChange, path }: FieldProps) {
  const { i18n } = useTranslation();
  const known = useMemo(() => countries(i18n.language), [i18n.language]);
  return (
    <Autocomplete
      {...useInput(field, path)}
      placeholder={hint(field)}
      value={shown(value)}
      data={Object.keys(known)}
      limit={SHOWN}
      filter={({ options, search, limit }) => {
        const wanted = search.trim().toLowerCase();
        const fits = (code: string) => code.toLowerCase().startsWith(wanted) || (known[code] ?? "").toLowerCase().includes(wanted);
        return options.filter((one) => "value" in one && fits(one.value)).slice(0, limit);
      }}
      renderOption={({ option }) => (
        <span>
          {known[option.value]} <span className="muted small">{option.value}</span>
        </span>
      )}
      onChange={(typed) => onChange(typed === "" ? undefined : typed, "typing")}
    />
  );
}
