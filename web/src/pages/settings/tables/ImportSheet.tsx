import { Alert, Button, Group, Loader, Modal, NativeSelect, SegmentedControl } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import type { components } from "../../../api/schema";
import { type ColumnType, type Grid, ownOf, shownCell, TYPES } from "./grid";
import { added, type Choice, gridOfSheet, queryOf } from "./sheets";

type Sheet = components["schemas"]["SheetView"];

const LARGEST_BYTES = 1 << 20;
const IN_SIGHT = 6;
const PROBLEMS_IN_SIGHT = 12;

/** Bring rows from a CSV file: the server reads them, one looks at what it read, and takes them into the grid. */
export function ImportSheet({ grid, onTaken }: { grid: Grid; onTaken: (grid: Grid) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        hidden
        aria-label={t("tables.import")}
        onChange={(event) => {
          setFile(event.currentTarget.files?.[0] ?? null);
          event.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
      <Button variant="default" size="compact-md" leftSection={<IconUpload size={15} aria-hidden />} onClick={() => input.current?.click()}>
        {t("tables.import")}
      </Button>
      <Modal opened={file !== null} onClose={() => setFile(null)} closeButtonProps={{ "aria-label": t("inspector.close") }} size="xl" title={t("tables.import_title", { file: file?.name ?? "" })}>
        {file && (
          <Preview
            file={file}
            grid={grid}
            onTaken={(taken) => {
              setFile(null);
              onTaken(taken);
            }}
          />
        )}
      </Modal>
    </>
  );
}

function Preview({ file, grid, onTaken }: { file: File; grid: Grid; onTaken: (grid: Grid) => void }) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice>({ key: "", types: {} });
  const [how, setHow] = useState<"instead" | "besides">("instead");
  const reading = useQuery({
    queryKey: ["sheet", file.name, file.size, file.lastModified, choice],
    gcTime: 0,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Sheet | null> => {
      if (file.size > LARGEST_BYTES) throw new Error(t("tables.too_large"));
      const given = { params: { query: queryOf(choice) }, body: file as unknown as string, bodySerializer: (body: unknown) => body as BodyInit, headers: { "Content-Type": "text/csv" } };
      return (await api.POST("/api/v1/tables/read", given)).data ?? null;
    },
  });
  const sheet = reading.data;

  if (reading.error) return <Alert color="red">{reading.error.message}</Alert>;
  if (!sheet) return <Loader />;
  return (
    <div className="sheet-preview">
      {sheet.columns.length > 0 && (
        <NativeSelect
          label={t("tables.key")}
          value={sheet.key}
          data={sheet.columns.map(({ name }) => name)}
          onChange={(event) => setChoice({ ...choice, key: event.currentTarget.value })}
        />
      )}
      <Problems sheet={sheet} />
      {sheet.rows.length > 0 && <Head sheet={sheet} onType={(column, type) => setChoice({ ...choice, types: { ...choice.types, [column]: type } })} />}
      {sheet.rows.length > IN_SIGHT && <p className="muted small field-note">{t("tables.more_rows", { count: sheet.rows.length - IN_SIGHT })}</p>}
      {grid.rows.length > 0 && (
        <SegmentedControl
          value={how}
          onChange={(chosen) => setHow(chosen as typeof how)}
          data={[
            { value: "instead", label: t("tables.instead") },
            { value: "besides", label: t("tables.besides") },
          ]}
        />
      )}
      <Group justify="flex-end">
        <Button disabled={sheet.rows.length === 0} onClick={() => onTaken(how === "instead" || grid.rows.length === 0 ? gridOfSheet(sheet) : added(grid, gridOfSheet(sheet)))}>
          {t("tables.take", { count: sheet.rows.length })}
        </Button>
      </Group>
    </div>
  );
}

/** What is wrong, by line; it can be mended in the grid as well. */
function Problems({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  if (sheet.problems.length === 0) return <p className="field-warn" data-ok>{t("tables.read_well", { count: sheet.rows.length })}</p>;
  const rest = sheet.problems.length - PROBLEMS_IN_SIGHT;
  return (
    <div className="field-warn">
      {t("tables.problems", { count: sheet.problems.length })}
      <ul className="settings-mistakes">
        {sheet.problems.slice(0, PROBLEMS_IN_SIGHT).map((one) => (
          <li key={`${one.line} ${one.column} ${one.sentence}`}>
            {one.line > 0 && <b>{t("tables.line", { line: one.line })} </b>}
            {one.column && <span className="code">{one.column}: </span>}
            {one.sentence} ({one.fix})
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="field-note">{t("tables.more_problems", { count: rest })}</p>}
      {sheet.rows.length > 0 && <p className="field-note">{t("tables.mend")}</p>}
    </div>
  );
}

function Head({ sheet, onType }: { sheet: Sheet; onType: (column: string, type: ColumnType) => void }) {
  const { t } = useTranslation();
  const wrong = new Set(sheet.problems.map(({ row, column }) => `${row} ${column}`));
  return (
    <div className="sheet-scroll">
      <table className="sheet-table">
        <thead>
          <tr>
            {sheet.columns.map(({ name, type }) => (
              <th key={name} scope="col">
                <span className="sheet-column">{name}</span>
                {name === sheet.key ? (
                  <span className="sheet-type">{t("tables.key")}</span>
                ) : (
                  <select className="sheet-type" aria-label={t("tables.column_type", { column: name })} value={type} onChange={(event) => onType(name, event.currentTarget.value as ColumnType)}>
                    {TYPES.map((one) => (
                      <option key={one} value={one}>
                        {t(`field.choice.${one}`)}
                      </option>
                    ))}
                  </select>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sheet.rows.slice(0, IN_SIGHT).map((row, place) => (
            <tr key={place}>
              {sheet.columns.map(({ name }) => (
                <td key={name} className="sheet-seen" data-wrong={wrong.has(`${place} ${name}`) || undefined}>
                  {shownCell(ownOf(row, name))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
