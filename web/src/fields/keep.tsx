import { Input } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Field } from "../api/pieces";
import { AddButton, RemoveButton } from "./buttons";
import { FieldOf } from "./FieldOf";
import { type FieldProps, shown, useInput } from "./field";
import type { Path } from "./issues";
import { variableFrom } from "./names";
import { withPart } from "./objects";
import { isObject, replaced, without } from "./settle";
import { CodeText } from "./text";

type Item = Record<string, unknown>;

/** What to keep of an answer: where it stands there, and the variable's name, type and value when it is missing. */
export function Keep({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error } = useInput(field, path, true);
  const items = (Array.isArray(value) ? value : []).filter(isObject);
  const write = (list: Item[], fold = "") => onChange(list.length || field.is_required ? list : undefined, fold);
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <div className="field-list">
        {items.map((item, place) => (
          <Kept
            key={place}
            parts={field.parts ?? []}
            item={item}
            path={[...path, place]}
            onChange={(after, fold) => write(replaced(items, place, after), fold && `${place} ${fold}`)}
            onRemove={() => write(without(items, place))}
            removeLabel={t("field.remove_item", { label, number: place + 1 })}
          />
        ))}
        <AddButton label={t("field.add_variable")} onClick={() => write([...items, { from: "", as: "" }])} />
      </div>
    </Input.Wrapper>
  );
}

interface KeptProps {
  parts: readonly Field[];
  item: Item;
  path: Path;
  onChange: (item: Item, fold: string) => void;
  onRemove: () => void;
  removeLabel: string;
}

function Kept({ parts, item, path, onChange, onRemove, removeLabel }: KeptProps) {
  function change(name: string, value: unknown, fold: string) {
    const after = withPart(item, name, value ?? (name === "from" || name === "as" ? "" : undefined));
    onChange(name === "from" ? named(item, after) : asTyped(after), fold && `${name} ${fold}`);
  }
  return (
    <div className="field-card field-grid">
      {parts.map((part) => {
        const props = {
          field: part,
          value: item[part.name],
          path: [...path, part.name],
          onChange: (value: unknown, fold = "") => change(part.name, value, fold),
        };
        return part.name === "from" ? <CodeText key={part.name} {...props} /> : <FieldOf key={part.name} {...props} />;
      })}
      <span className="field-card-end">
        <RemoveButton label={removeLabel} onClick={onRemove} />
      </span>
    </div>
  );
}

/** The variable is called after its place in the answer until somebody calls it otherwise. */
function named(before: Item, after: Item): Item {
  const own = shown(before.as);
  const follows = own === "" || own === variableFrom(shown(before.from));
  return follows && shown(after.from) ? { ...after, as: variableFrom(shown(after.from)) } : after;
}

/** What stands in for a text is a text, though it may look like a number. */
function asTyped(item: Item): Item {
  return item.type === "text" && typeof item.default === "number" ? { ...item, default: String(item.default) } : item;
}
