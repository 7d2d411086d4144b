import { Input } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Field } from "../api/pieces";
import { lead, renameExit } from "../graph/changes";
import { AddButton, RemoveButton } from "./buttons";
import { FieldOf } from "./FieldOf";
import { type Change, type FieldProps, shown, useAround, useInput } from "./field";
import type { Path } from "./issues";
import { freeName, idFrom } from "./names";
import { isObject, replaced, without } from "./settle";

type Item = Record<string, unknown>;

/** Several things of the same parts, each on a card: answers to choose from, shares, skills. */
export function Objects({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  const { owner, next } = useAround();
  const parts = inOrder(field.parts ?? []);
  const items = (Array.isArray(value) ? value : []).map((one) => asItem(one, parts));
  const ids = items.map((item) => shown(item.id));
  const title = parts.find((part) => part.name === "title" || part.name === "name");
  const isExit = parts.some((part) => part.name === "id");
  const write: Change = (list, fold, besides) => onChange((list as Item[]).length || field.is_required ? list : undefined, fold, besides);

  function change(place: number, before: Item, after: Item, fold: string) {
    const id = shown(before.id);
    const follows = isExit && title && !next[id] && followed(before, title.name, field.name, place, ids) && before[title.name] !== after[title.name];
    const others = ids.filter((_, at) => at !== place);
    const wanted = follows ? { ...after, id: freeName(idFrom(shown(after[title.name]), `${field.name}_${place + 1}`), others) } : after;
    const renamed = shown(wanted.id) !== id && next[id] ? () => shown(wanted.id) : null;
    write(replaced(items, place, wanted), fold, renamed ? (flow) => renameExit(flow, owner, id, renamed()) : undefined);
  }

  function remove(place: number) {
    const exit = ids[place];
    write(without(items, place), "", isExit && exit ? (flow) => lead(flow, { from: owner, exit }, null) : undefined);
  }

  function add() {
    const fresh: Item = isExit ? { id: freeName(`${field.name}_${items.length + 1}`, ids) } : {};
    write([...items, fresh]);
  }

  const most = typeof field.most === "number" ? field.most : Number.POSITIVE_INFINITY;
  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-list">
        {items.map((item, place) => (
          <div key={place} className="field-card">
            <Parts parts={parts} item={item} path={[...path, place]} onChange={(after, fold) => change(place, item, after, `${place} ${fold}`)} />
            <span className="field-card-end">
              <RemoveButton label={t("field.remove_item", { label, number: place + 1 })} onClick={() => remove(place)} />
            </span>
          </div>
        ))}
        {items.length < most && <AddButton label={t("field.add")} of={label} onClick={add} />}
      </div>
    </Input.Wrapper>
  );
}

/** One thing of several parts that may be there or not. */
export function ObjectField({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-list">
        {isObject(value) ? (
          <div className="field-card">
            <Parts parts={field.parts ?? []} item={value} path={path} onChange={onChange} />
            <span className="field-card-end">
              <RemoveButton label={t("field.remove", { label })} onClick={() => onChange(undefined)} />
            </span>
          </div>
        ) : (
          <AddButton label={t("field.add")} of={label} onClick={() => onChange({})} />
        )}
      </div>
    </Input.Wrapper>
  );
}

/** The parts of one thing, one below the other. */
export function Parts({ parts, item, path, onChange }: { parts: readonly Field[]; item: Item; path: Path; onChange: (item: Item, fold: string) => void }) {
  return (
    <>
      {parts.map((part) => (
        <FieldOf
          key={part.name}
          field={part}
          value={item[part.name]}
          path={[...path, part.name]}
          onChange={(one, fold) => onChange(withPart(item, part.name, one), fold ? `${part.name} ${fold}` : "")}
        />
      ))}
    </>
  );
}

/** What people call a thing comes before the exit's name, which follows from it; neither is a text with holes. */
function inOrder(parts: readonly Field[]): Field[] {
  const isExit = (part: Field) => part.name === "id";
  const plain = (part: Field) => (part.name === "name" && parts.some(isExit) ? { ...part, kind: "plain" } : part);
  return [...parts.filter((part) => !isExit(part)).map(plain), ...parts.filter(isExit).map((part) => ({ ...part, kind: "id" }))];
}

/** A thing with one part changed; undefined takes the part out. */
export function withPart(item: Item, name: string, value: unknown): Item {
  const { [name]: _, ...rest } = item;
  return value === undefined ? rest : name in item ? { ...item, [name]: value } : { ...rest, [name]: value };
}

/** A thing that is written short, such as a skill by its name alone. */
function asItem(one: unknown, parts: readonly Field[]): Item {
  return isObject(one) ? one : { [parts[0]?.name ?? "name"]: one };
}

/** Whether an exit's name still is what its title made of it. */
export function followed(item: Item, title: string, kind: string, place: number, ids: readonly string[]): boolean {
  const id = shown(item.id);
  const made = idFrom(shown(item[title]), `${kind}_${place + 1}`);
  return !id || id === made || new RegExp(`^(${made}|${kind})_\\d+$`).test(id) || ids.filter((other) => other === id).length > 1;
}
