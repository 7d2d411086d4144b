import { Input, NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { type Field, wordOf } from "../../api/pieces";
import type { Issue } from "../../editing/editor";
import type { Entry } from "../../fields/entries";
import { FieldOf } from "../../fields/FieldOf";
import { type FieldProps, shown, Surroundings, useInput } from "../../fields/field";
import { issuesWithin } from "../../fields/issues";
import { withPart } from "../../fields/objects";
import { nameOf, ofType, type Part, partsOf, pieceOf, type Section, typeWord } from "./sections";

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
  const name = nameOf(section, entry);
  const around = useMemo(() => ({ owner: "", piece, issues, variables: [], next: {}, entry: name }), [piece, issues, name]);
  const draw = (field: Field) => {
    const props: FieldProps = { field, value: entry[field.name], path: [field.name], onChange: (value) => onChange(withPart(entry, field.name, value)) };
    return field.kind === "type" ? <TypeOf key={field.name} section={section} isNew={isNew} {...props} onChange={(chosen) => onChange(ofType(section, entry, chosen))} /> : <FieldOf key={field.name} {...props} />;
  };
  return (
    <Surroundings value={around}>
      <fieldset className="settings-form" disabled={!mayChange}>
        {partsOf(section, entry, besides).map((part) =>
          FOLDED.has(part.name) ? (
            <details key={part.name} className="card settings-part" open={isInSight(part, entry, issues) || undefined}>
              <summary>{titleOf(part.name)}</summary>
              {part.fields.map(draw)}
            </details>
          ) : (
            <section key={part.name} className="card settings-part" aria-label={titleOf(part.name)}>
              {part.name !== "" && <h2>{titleOf(part.name)}</h2>}
              {part.fields.map(draw)}
            </section>
          ),
        )}
      </fieldset>
    </Surroundings>
  );

  function titleOf(part: string): string {
    if (part === "type") return typeWord(section, shown(type), "title");
    return wordOf(piece, part === "" ? "one" : `part.${part}`);
  }
}

/** Parts that suit most as they are. */
const FOLDED = new Set(["limits"]);

/** Whether something of a part that is folded away is written, or wrong. */
function isInSight(part: Part, entry: Entry, issues: readonly Issue[]): boolean {
  return part.fields.some(({ name }) => entry[name] !== undefined || issuesWithin(issues, [name]).length > 0);
}

/** Of which type an entry is: that says which fields it has, and stays as it is. */
function TypeOf({ section, isNew, field, value, onChange, path }: FieldProps & { section: Section; isNew: boolean }) {
  const types = section.types.map((one) => ({ value: one.type, label: typeWord(section, one.type, "title") }));
  const input = useInput(field, path);
  if (isNew)
    return (
      <Input.Wrapper label={input.label} error={input.error} labelElement="div">
        <div className="settings-types" role="radiogroup" aria-label={input.label}>
          {types.map(({ value: type, label }) => (
            <label key={type} className="settings-type">
              <input type="radio" name={field.name} value={type} checked={type === value} onChange={() => onChange(type)} />
              <b>{label}</b>
              <small className="muted">{typeWord(section, type, "about")}</small>
            </label>
          ))}
        </div>
      </Input.Wrapper>
    );
  return (
    <NativeSelect
      {...input}
      description={typeWord(section, shown(value), "about")}
      disabled
      value={shown(value)}
      data={types}
    />
  );
}
