import "./tables.css";
import { Button, TextInput } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconDownload, IconPlus, IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { told } from "../../../fields/issues";
import type { ExtraProps } from "../extras";
import { FactsWords } from "../facts/FactsWords";
import { addColumn, addRow, FIRST_KEY, type Grid, gridOf, matching, namesOf, problemsOf, withGrid } from "./grid";
import { GridTable } from "./GridTable";
import { ImportSheet } from "./ImportSheet";

const PAGE = 50;

/** The rows of a table, to be read and changed in place: a page of them at a time. */
export default function Rows(props: ExtraProps) {
  return (
    <FactsWords>
      <Sheet {...props} />
    </FactsWords>
  );
}

function Sheet({ name, entry, isNew, isChanged, mayChange, issues, change }: ExtraProps) {
  const { t, i18n } = useTranslation();
  const grid = useMemo(() => gridOf(entry), [entry]);
  const problems = useMemo(() => problemsOf(grid), [grid]);
  const [wanted, setWanted] = useState("");
  const [onlyWrong, setOnlyWrong] = useState(false);
  const [page, setPage] = useState(0);
  const count = grid.rows.length;
  // Who mends a row does not have it vanish under their hands: what is shown follows the question, not the cells.
  const shown = useMemo(() => (onlyWrong ? [...problems.keys()] : matching(grid, wanted)), [wanted, onlyWrong, count, entry.name]);
  const pages = Math.max(1, Math.ceil(shown.length / PAGE));
  const at = Math.min(page, pages - 1);
  const places = shown.slice(at * PAGE, at * PAGE + PAGE).filter((place) => place < count);
  const write = (changed: Grid) => change(withGrid(entry, changed));
  const figure = (number: number) => new Intl.NumberFormat(i18n.language).format(number);
  const beside = issues.filter((issue) => ["key", "columns"].includes(String(issue.path[0])) || (issue.path[0] === "rows" && issue.path.length === 1));

  const lacksKey = isNew && mayChange && name !== "" && entry.key === undefined;
  useEffect(() => {
    if (lacksKey) change({ ...entry, key: FIRST_KEY });
  }, [lacksKey]);

  return (
    <section className="card settings-part sheet" aria-label={t("tables.rows")}>
      <header className="sheet-head">
        <h2>{t("tables.rows")}</h2>
        <span className="muted figures">{t("tables.count", { count, number: figure(count) })}</span>
        {mayChange && <ImportSheet grid={grid} onTaken={write} />}
        {!isNew && (
          <Button
            component="a"
            href={`api/v1/tables/${encodeURIComponent(name)}/csv`}
            download={`${name}.csv`}
            variant="default"
            size="compact-md"
            leftSection={<IconDownload size={15} aria-hidden />}
            title={isChanged ? t("tables.download_saved") : undefined}
          >
            {t("tables.download")}
          </Button>
        )}
      </header>
      {beside.map((issue) => (
        <p key={issue.code + issue.path.join("/")} className="field-error">
          {told(issue)}
        </p>
      ))}
      {problems.size > 0 && (
        <div className="field-warn">
          {t("tables.wrong_rows", { count: problems.size, number: figure(problems.size) })}{" "}
          <Button variant="default" size="compact-sm" aria-pressed={onlyWrong} onClick={() => (setOnlyWrong(!onlyWrong), setPage(0))}>
            {t(onlyWrong ? "tables.show_all" : "tables.show_wrong")}
          </Button>
        </div>
      )}
      {problems.size === 0 && onlyWrong && (
        <Button variant="default" size="compact-sm" className="sheet-start" onClick={() => setOnlyWrong(false)}>
          {t("tables.show_all")}
        </Button>
      )}
      {count > PAGE && !onlyWrong && (
        <TextInput
          aria-label={t("tables.find")}
          placeholder={t("tables.find")}
          leftSection={<IconSearch size={15} aria-hidden />}
          value={wanted}
          onChange={(event) => (setWanted(event.currentTarget.value), setPage(0))}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        />
      )}
      <GridTable grid={grid} places={places} problems={problems} issues={issues} mayChange={mayChange} onChange={write} />
      <footer className="sheet-foot">
        {mayChange && (
          <>
            <Button
              variant="default"
              size="compact-md"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => (setWanted(""), setOnlyWrong(false), setPage(Math.floor(count / PAGE)), write(addRow(grid)))}
            >
              {t("tables.add_row")}
            </Button>
            <Button variant="default" size="compact-md" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => write(addColumn(grid))}>
              {t("tables.add_column")}
            </Button>
          </>
        )}
        {pages > 1 && (
          <nav className="sheet-pages" aria-label={t("tables.pages")}>
            <Button variant="default" size="compact-md" disabled={at === 0} aria-label={t("tables.before")} onClick={() => setPage(at - 1)}>
              <IconChevronLeft size={15} aria-hidden />
            </Button>
            <span className="figures" role="status">
              {t("tables.of", { from: figure(at * PAGE + 1), to: figure(Math.min(shown.length, at * PAGE + PAGE)), all: figure(shown.length) })}
            </span>
            <Button variant="default" size="compact-md" disabled={at === pages - 1} aria-label={t("tables.after")} onClick={() => setPage(at + 1)}>
              <IconChevronRight size={15} aria-hidden />
            </Button>
          </nav>
        )}
      </footer>
      {mayChange && namesOf(grid).length > 1 && <p className="muted small field-note">{t("tables.paste")}</p>}
    </section>
  );
}
