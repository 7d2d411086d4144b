import "../../fields/entry_kinds";
import "../../fields/fields.css";
import "./settings.css";
import { Alert, Button, Loader } from "@mantine/core";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect } from "wouter";
import { EntryPage } from "./EntryPage";
import { EntryTable } from "./EntryTable";
import { GROUPS, PAGES } from "./extras";
import { useMay } from "../../shell/session";
import { NEW, sectionWord, type Section, useSections, useSectionsRead } from "./sections";

/** Everything that is set up beside the flows: a list of its parts on the left, the entries of one part beside it. */
export default function SettingsPage({ place, name }: { place?: string | undefined; name?: string | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const sections = useSections(may("workspace.read"));
  if (place === undefined) return <Redirect to={may("workspace.read") ? "/settings/queues" : "/settings/me"} replace />;
  return (
    <div className="settings">
      <Places sections={sections} at={place} />
      <main className="settings-main" aria-label={t("settings.title")}>
        <Suspense fallback={<Loader m="xl" />}>
          <Place sections={sections} place={place} name={name} />
        </Suspense>
      </main>
    </div>
  );
}

function Place({ sections, place, name }: { sections: readonly Section[]; place: string; name?: string | undefined }) {
  const may = useMay();
  const page = PAGES[place];
  if (page) return page.needs === null || may(page.needs) ? <page.Page /> : <Redirect to="/settings" replace />;
  const section = sections.find((one) => one.section === place);
  if (!section) return sections.length > 0 || !may("workspace.read") ? <Redirect to="/settings" replace /> : <Unread />;
  if (name === undefined) return <EntryTable key={place} section={section} />;
  return <EntryPage key={`${place}/${name}`} section={section} name={name === NEW ? null : name} />;
}

/** The parts of the settings are on their way, or did not come. */
function Unread() {
  const { t } = useTranslation();
  const { error, refetch } = useSectionsRead(true);
  if (!error) return <Loader m="xl" />;
  return (
    <Alert color="red" role="alert">
      <p>{t("app.failed", { why: error.message })}</p>
      <Button variant="default" mt="sm" onClick={() => void refetch()}>
        {t("app.try_again")}
      </Button>
    </Alert>
  );
}

function Places({ sections, at }: { sections: readonly Section[]; at: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [at, sections]);

  function wordFor(place: string): string | null {
    const page = PAGES[place];
    if (page) return page.needs === null || may(page.needs) ? t(`settings.places.${place}`) : null;
    const section = sections.find((one) => one.section === place);
    return section ? sectionWord(section, "title") : null;
  }

  return (
    <nav ref={list} className="settings-places" aria-label={t("settings.sections")}>
      <h2 className="settings-title">{t("settings.title")}</h2>
      {GROUPS.map(({ group, places }) => {
        const shown = places.map((place) => ({ place, word: wordFor(place) })).filter(({ word }) => word !== null);
        return shown.length > 0 ? (
          <div key={group}>
            <p className="eyebrow">{t(`settings.groups.${group}`)}</p>
            <ul>
              {shown.map(({ place, word }) => (
                <li key={place}>
                  <Link href={`/settings/${place}`} aria-current={place === at ? "page" : undefined}>
                    {word}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ) : null;
      })}
    </nav>
  );
}
