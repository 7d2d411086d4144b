import { ActionIcon, Button, SegmentedControl, Textarea } from "@mantine/core";
import { IconGripVertical, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { wordOf } from "../api/pieces";
import { lead } from "../graph/changes";
import { AddButton, RemoveButton } from "./buttons";
import { firstRow, type Row } from "./conditions";
import { type FieldProps, shown, useAround } from "./field";
import { issuesAt, issuesWithin, type Path, told } from "./issues";
import { freeName, idFrom } from "./names";
import { followed, withPart } from "./objects";
import { RowList } from "./rows";
import { isObject, moved, replaced, without } from "./settle";
import { typeOf } from "./variables";

interface OnePath extends Record<string, unknown> {
  id?: string;
  name?: string;
  all?: Row[];
  any?: Row[];
  formula?: string;
}

const ELSE = "else";

/** The paths of a branch, tried from top to bottom; who matches none takes the last one, which is always there. */
export function Paths({ value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { owner, piece, issues, next, variables } = useAround();
  const [dragged, setDragged] = useState<number | null>(null);
  const paths = (Array.isArray(value) ? value : []).filter(isObject) as OnePath[];
  const ids = [...paths.map((one) => shown(one.id)), ELSE];

  /** The exit's name follows what people call the path, until a line leaves by it. */
  function rename(place: number, one: OnePath, name: string) {
    const follows = !next[shown(one.id)] && followed(one, "name", "path", place, ids);
    const others = ids.filter((_, at) => at !== place);
    const id = follows ? freeName(idFrom(name, `path_${place + 1}`), others) : one.id;
    onChange(replaced(paths, place, { ...one, id, name } as OnePath), `name ${place}`);
  }

  function remove(place: number) {
    const exit = ids[place] ?? "";
    onChange(without(paths, place), "", (flow) => lead(flow, { from: owner, exit }, null));
  }

  /** One more path asks about what the one before asks about, until people choose something else. */
  function add() {
    const id = freeName(`path_${paths.length + 1}`, ids);
    const about = shown([...(paths.at(-1)?.all ?? []), ...(paths.at(-1)?.any ?? [])][0]?.variable);
    const name = t("field.path_name", { number: paths.length + 1 });
    onChange([...paths, { id, name, all: [firstRow(about, typeOf(variables, about))] }]);
  }

  /** With the keyboard the handle that was held stays held. */
  function step(place: number, by: number, handle: HTMLElement) {
    const to = place + by;
    if (to < 0 || to >= paths.length) return;
    const list = handle.closest(".paths");
    onChange(moved(paths, place, to));
    requestAnimationFrame(() => list?.querySelectorAll<HTMLElement>(".path-handle")[to]?.focus());
  }

  const whole = issuesAt(issues, path);
  return (
    <div className="field-list paths">
      <p className="muted small field-note">{t("field.first_match")}</p>
      {whole.length > 0 && <p className="field-error">{whole.map(told).join(" ")}</p>}
      {paths.map((one, place) => (
        <section
          key={place}
          className="field-card path-card"
          data-dragged={dragged === place || undefined}
          aria-label={t("field.path_of", { number: place + 1, name: one.name ?? "" })}
          onDragOver={(event) => dragged !== null && event.preventDefault()}
          onDrop={() => {
            if (dragged !== null) onChange(moved(paths, dragged, place));
            setDragged(null);
          }}
        >
          <header className="path-head">
            <Handle
              name={one.name ?? ""}
              onDrag={(isDragged) => setDragged(isDragged ? place : null)}
              onMove={(by, handle) => step(place, by, handle)}
            />
            <span className="ordinal figures">{place + 1}</span>
            <input
              className="path-name"
              aria-label={t("field.name_of_path", { number: place + 1 })}
              placeholder={t("field.name")}
              value={one.name ?? ""}
              onFocus={(event) => event.currentTarget.select()}
              onChange={(event) => rename(place, one, event.currentTarget.value)}
            />
            <RemoveButton label={t("field.remove_path", { name: one.name || place + 1 })} onClick={() => remove(place)} />
          </header>
          <Conditions one={one} onChange={(after, fold) => onChange(replaced(paths, place, after), fold && `${place} ${fold}`)} />
          <Troubles path={[...path, place]} />
        </section>
      ))}
      <div className="path-else">
        <span className="ordinal">✱</span>
        <span>
          <b>{wordOf(piece, `exit.${ELSE}`)}</b>
          <small className="muted">{t("field.else_taken")}</small>
        </span>
      </div>
      <Button variant="default" fullWidth leftSection={<IconPlus size={15} aria-hidden />} onClick={add}>
        {t("field.add_path")}
      </Button>
    </div>
  );
}

/** What must hold for a path: rows joined by "and" or by "or", and a formula besides. */
function Conditions({ one, onChange }: { one: OnePath; onChange: (one: OnePath, fold: string) => void }) {
  const { t } = useTranslation();
  const { piece } = useAround();
  const [all, any] = [one.all ?? [], one.any ?? []];
  const isMixed = all.length > 0 && any.length > 0;
  const isAny = !isMixed && any.length > 0;
  const put = (part: "all" | "any", rows: Row[], fold: string) => onChange(withPart(one, part, rows.length ? rows : undefined), fold && `${part} ${fold}`);

  function join(how: string) {
    const rows = [...all, ...any];
    const { all: _, any: __, ...rest } = one;
    onChange({ ...rest, [how]: rows }, "");
  }

  const formula =
    one.formula === undefined ? <AddButton label={t("field.add_formula")} onClick={() => onChange({ ...one, formula: "" }, "")} /> : null;
  return (
    <>
      {all.length + any.length > 1 && !isMixed && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t("field.joined")}
          value={isAny ? "any" : "all"}
          data={[
            { value: "all", label: wordOf(piece, "all") },
            { value: "any", label: wordOf(piece, "any") },
          ]}
          onChange={join}
        />
      )}
      {!isAny && (
        <>
          {isMixed && <span className="eyebrow">{wordOf(piece, "all")}</span>}
          <RowList rows={all} word={t("branch.and")} onChange={(rows, fold) => put("all", rows, fold)} besides={formula} />
        </>
      )}
      {any.length > 0 && (
        <>
          {isMixed && <span className="eyebrow">{wordOf(piece, "any")}</span>}
          <RowList rows={any} word={t("branch.or")} onChange={(rows, fold) => put("any", rows, fold)} besides={isAny ? formula : null} />
        </>
      )}
      {one.formula !== undefined && (
        <div className="field-row">
          <Textarea
            className="field-grow"
            label={wordOf(piece, "formula")}
            classNames={{ input: "code" }}
            autosize
            minRows={1}
            value={one.formula}
            onChange={(event) => onChange({ ...one, formula: event.currentTarget.value }, "formula")}
          />
          <RemoveButton label={t("field.remove", { label: wordOf(piece, "formula") })} onClick={() => onChange(withPart(one, "formula", undefined) as OnePath, "")} />
        </div>
      )}
    </>
  );
}

/** Takes a path up or down: dragged with the mouse, or with the arrow keys. */
function Handle({ name, onDrag, onMove }: { name: string; onDrag: (isDragged: boolean) => void; onMove: (by: number, handle: HTMLElement) => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      variant="transparent"
      color="gray"
      size={24}
      className="path-handle"
      draggable
      aria-label={t("field.move_path", { name })}
      title={t("field.move_hint")}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", name);
        onDrag(true);
      }}
      onDragEnd={() => onDrag(false)}
      onKeyDown={(event) => {
        const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
        if (!by) return;
        event.preventDefault();
        onMove(by, event.currentTarget);
      }}
    >
      <IconGripVertical size={15} aria-hidden />
    </ActionIcon>
  );
}

function Troubles({ path }: { path: Path }) {
  const { issues } = useAround();
  const here = issuesWithin(issues, path);
  return here.length ? <p className="field-error">{here.map(told).join(" ")}</p> : null;
}
