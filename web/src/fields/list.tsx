import { Input, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AddButton, RemoveButton } from "./buttons";
import { type FieldProps, useInput } from "./field";
import { HoleInput } from "./HoleInput";
import { replaced, without } from "./settle";

/** Texts one below the other, in their order; each may have holes. */
export function List({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  const now = Array.isArray(value) ? value.map(String) : [];
  const write = (list: string[], fold = "") => onChange(list.length ? list : undefined, fold);
  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-list">
        {now.map((one, place) => (
          <div key={place} className="field-row">
            <HoleInput
              label={t("field.item", { label, number: place + 1 })}
              value={one}
              path={[...path, place]}
              onChange={(text) => write(replaced(now, place, text), `${place}`)}
            />
            <RemoveButton label={t("field.remove_item", { label, number: place + 1 })} onClick={() => write(without(now, place))} />
          </div>
        ))}
        <AddButton label={t("field.add")} of={label} onClick={() => write([...now, ""])} />
      </div>
    </Input.Wrapper>
  );
}

/** Words that stand for themselves, such as those that a message begins with. */
export function Words({ field, value, onChange, path }: FieldProps) {
  const now = Array.isArray(value) ? value.map(String) : [];
  return (
    <TagsInput
      {...useInput(field, path)}
      value={now}
      acceptValueOnBlur
      onChange={(chosen) => onChange(chosen.length ? chosen : undefined)}
    />
  );
}
