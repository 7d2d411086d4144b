import { Alert, Button, Loader } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import type { Field } from "../../api/pieces";
import type { Entry, Noun } from "../../fields/entries";
import { labelOf } from "../../fields/field";
import { CellOf } from "./CellOf";
import { columnsOf } from "./columns";
import { type Use, useAll, useUses } from "./entries";
import { EXTRAS, type ExtraProps } from "./extras";
import { useMay } from "../../shell/session";
import { NEW, nameOf, pieceOf, type Section, sectionWord } from "./sections";

/** The entries of a section: what is worth seeing of each, and which flows use it. */
export function EntryTable({ section }: { section: Section }) {
  const { t } = useTranslation();
  const { data, error, isPending } = useAll(section.section as Noun);
  const mayChange = useMay()("workspace.change");
  return (
    <>
      <header className="settings-head">
        <div>
          <h1>{sectionWord(section, "title")}</h1>
          <p className="muted">{sectionWord(section, "about")}</p>
        </div>
        {mayChange && (
          <Button component={Link} href={`/settings/${section.section}/${NEW}`} leftSection={<IconPlus size={16} aria-hidden />}>
            {sectionWord(section, "new")}
          </Button>
        )}
      </header>
      {error && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
      {isPending && <Loader />}
      {data?.length === 0 && <p className="muted">{t("settings.none")}</p>}
      {data && data.length > 0 && <Table section={section} entries={data} />}
    </>
  );
}

function Table({ section, entries }: { section: Section; entries: readonly Entry[] }) {
  const { t } = useTranslation();
  const uses = useUses()[section.section] ?? {};
  const columns = columnsOf(section);
  const { Cell, heading } = EXTRAS[section.section] ?? {};
  const key = section.fields.find((field) => field.name === section.key);
  const piece = pieceOf(section);
  return (
    <div className="settings-scroll">
      <table className="settings-table card figures">
        <thead>
          <tr>
            <th scope="col">{key && labelOf(piece, key)}</th>
            {columns.map((field) => (
              <th scope="col" key={field.name}>
                {labelOf(piece, field)}
              </th>
            ))}
            {Cell && <th scope="col">{t(heading ?? "settings.now")}</th>}
            <th scope="col">{t("settings.used_by")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row key={nameOf(section, entry)} section={section} entry={entry} columns={columns} uses={uses[nameOf(section, entry)] ?? []} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ section, entry, columns, uses }: { section: Section; entry: Entry; columns: readonly Field[]; uses: readonly Use[] }) {
  const name = nameOf(section, entry);
  const { Cell } = EXTRAS[section.section] ?? {};
  return (
    <tr>
      <th scope="row">
        <Link href={`/settings/${section.section}/${name}`}>{name}</Link>
      </th>
      {columns.map((field) => (
        <td key={field.name}>
          <CellOf section={section} field={field} value={entry[field.name]} />
        </td>
      ))}
      {Cell && (
        <td>
          <Suspense>
            <Cell {...useStill(section, name, entry)} />
          </Suspense>
        </td>
      )}
      <td>
        <UsedBy uses={uses} />
      </td>
    </tr>
  );
}

/** What a cell of a table is given: the entry as it is, and that whoever wants to change it opens it. */
function useStill(section: Section, name: string, entry: Entry): ExtraProps {
  const mayChange = useMay()("workspace.change");
  const [, go] = useLocation();
  const open = () => go(`/settings/${section.section}/${name}`);
  return { name, entry, isNew: false, isChanged: false, mayChange, issues: [], change: open, save: async () => (open(), false) };
}

/** The live flows that name an entry. */
export function UsedBy({ uses }: { uses: readonly Use[] }): ReactNode {
  const { t } = useTranslation();
  if (uses.length === 0) return <span className="muted">{t("settings.by_no_flow")}</span>;
  return (
    <span className="settings-uses">
      {uses.map((use) => (
        <Link key={use.flow} href={`/flows/${use.flow}`}>
          {use.name}
        </Link>
      ))}
    </span>
  );
}
