import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Field, wordOf } from "../../api/pieces";
import type { Issue } from "../../editing/editor";
import type { Entry } from "../../fields/entries";
import { FieldOf } from "../../fields/FieldOf";
import { type FieldProps, shown, Surroundings, useInput } from "../../fields/field";
import { withPart } from "../../fields/objects";
import { partsOf, pieceOf, type Section, typeWord } from "./sections";

interface FormProps {
  section: Section;
  entry: Entry;
  issues: readonly Issue[];
  mayChange: boolean;
  isNew: boolean;
  /** Fields that are drawn elsewhere. */
  besides: readonly string[];
  onChange: (entry: Entry) => void;
}

/** The fields of an entry in their parts, each drawn by its kind. */
export function EntryForm({ section, entry, issues, mayChange, isNew, besides, onChange }: FormProps) {
  const type = entry.type;
  const piece = useMemo(() => pieceOf(section, type), [section, type]);
  const around = useMemo(() => ({ owner: "", piece, issues, variables: [], next: {} }), [piece, issues]);
  const draw = (field: Field) => {
    const props: FieldProps = { field, value: entry[field.name], path: [field.name], onChange: (value) => onChange(withPart(entry, field.name, value)) };
    return field.kind === "type" ? <TypeOf key={field.name} section={section} isNew={isNew} {...props} /> : <FieldOf key={field.name} {...props} />;
  };
  return (
    <Surroundings value={around}>
      <fieldset className="settings-form" disabled={!mayChange}>
        {partsOf(section, type, besides).map((part) => (
          <section key={part.name} className="card settings-part" aria-label={titleOf(part.name)}>
            {part.name !== "" && <h2>{titleOf(part.name)}</h2>}
            {part.fields.map(draw)}
          </section>
        ))}
      </fieldset>
    </Surroundings>
  );

  function titleOf(part: string): string {
    if (part === "type") return typeWord(section, shown(type), "title");
    return wordOf(piece, part === "" ? "one" : `part.${part}`);
  }
}

/** Of which type an entry is: that says which fields it has, and stays as it is. */
function TypeOf({ section, isNew, field, value, onChange, path }: FieldProps & { section: Section; isNew: boolean }) {
  const { t } = useTranslation();
  const types = section.types.map((one) => ({ value: one.type, label: typeWord(section, one.type, "title") }));
  const input = useInput(field, path);
  return (
    <NativeSelect
      {...input}
      description={value ? typeWord(section, shown(value), "about") : input.description}
      disabled={!isNew}
      value={shown(value)}
      data={[...(value ? [] : [{ value: "", label: t("settings.choose_type") }]), ...types]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
