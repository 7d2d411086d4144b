import { Alert, Button, Loader } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { Problem } from "../../api/client";
import type { Entry, Noun } from "../../fields/entries";
import { same } from "../../fields/settle";
import { keepDraft, noteMade, useDraft, useJustMade } from "./drafts";
import { EntryForm } from "./EntryForm";
import { UsedBy } from "./EntryTable";
import { type Known, type Meanwhile, meanwhileOf, useKnown, useSave, useUses } from "./entries";
import { EXTRAS, type ExtraProps } from "./extras";
import { Leaving } from "./Leaving";
import { MeanwhileNote } from "./MeanwhileNote";
import { Refusal } from "./Refusal";
import { Removing } from "./Removing";
import { besideFields, elsewhere, mistakesIn } from "./refused";
import { useMay } from "../../shell/session";
import { NEW, nameOf, type Section, sectionWord } from "./sections";

/** One entry: its fields, saved as a whole. `name` null: a new one. */
export function EntryPage({ section, name }: { section: Section; name: string | null }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useKnown(section.section as Noun, name);
  if (name === null) return <Opened section={section} known={{ entry: {}, tag: null }} isNew />;
  if (isPending) return <Loader />;
  if (!data)
    return (
      <>
        <Back section={section} />
        {error instanceof Problem && error.status === 404 ? (
          <Alert color="red">{t("settings.gone")}</Alert>
        ) : (
          <Alert color="red" role="alert">
            <p>{t("app.failed", { why: error?.message ?? "" })}</p>
            <Button variant="default" mt="sm" onClick={() => void refetch()}>
              {t("app.try_again")}
            </Button>
          </Alert>
        )}
      </>
    );
  return <Opened section={section} known={data} isNew={false} />;
}

function Opened({ section, known, isNew }: { section: Section; known: Known; isNew: boolean }) {
  const { t } = useTranslation();
  const noun = section.section as Noun;
  const key = `${noun}/${isNew ? NEW : nameOf(section, known.entry)}`;
  const [draft, setDraft] = useDraft(key);
  const isJustMade = useJustMade(key);
  const latest = useRef(draft);
  latest.current = draft;
  const isThere = useThere();
  const [wasKept] = useState(draft !== null);
  const entry = draft?.entry ?? known.entry;
  const name = nameOf(section, entry);
  const isChanged = draft !== null && !same(draft.entry, known.entry);
  const mayChange = useMay()("workspace.change");
  const uses = useUses()[noun]?.[name] ?? [];
  const [, go] = useLocation();
  const saving = useSave(noun);
  const [meanwhile, setMeanwhile] = useState<Meanwhile | null>(null);
  const mistakes = mistakesIn(saving.error);
  const issues = useMemo(() => besideFields(mistakes, noun, name), [saving.error, noun, name]);
  const tag = draft?.tag ?? known.tag;

  const change = (changed: Entry) => setDraft(same(changed, known.entry) ? null : { entry: changed, tag });

  async function save(wanted: Entry = entry, over: string | null = tag): Promise<boolean> {
    const called = nameOf(section, wanted);
    if (called === "") return false;
    let saved: Known;
    try {
      const { [section.key]: _, ...rest } = wanted;
      saved = await saving.mutateAsync({ name: called, entry: rest, tag: over });
    } catch (why) {
      setMeanwhile(meanwhileOf(why));
      if (wanted !== entry) setDraft({ entry: wanted, tag: over });
      return false;
    }
    setMeanwhile(null);
    keepTyping(wanted, saved);
    if (isNew && isThere.current) {
      noteMade(`${noun}/${called}`);
      go(`/settings/${noun}/${called}`, { replace: true });
    }
    return true;
  }

  /** What was typed while the server was busy is not saved yet, and stays. */
  function keepTyping(sent: Entry, saved: Known) {
    const now = latest.current;
    const more = now !== null && !same(now.entry, sent) && sent === entry ? { entry: now.entry, tag: saved.tag } : null;
    setDraft(isNew ? null : more);
    if (isNew && more) keepDraft(`${noun}/${nameOf(section, saved.entry)}`, { ...more, entry: { ...more.entry, [section.key]: saved.entry[section.key] } });
  }

  function takeTheirs() {
    saving.reset();
    setMeanwhile(null);
    setDraft(null);
    if (meanwhile?.entry && !isNew) reread();
    else go(`/settings/${noun}${meanwhile?.entry ? `/${name}` : ""}`);
  }
  const { refetch: reread } = useKnown(noun, isNew ? null : name);

  // What is wrong may be far below.
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (saving.error) form.current?.querySelector("[aria-invalid=true], .field-error")?.scrollIntoView({ block: "center" });
  }, [saving.error]);

  const extra: ExtraProps = { name, entry, isNew, isChanged, mayChange, issues, change, save };
  const { Above, Below, Beside, draws } = EXTRAS[noun] ?? {};
  return (
    <form
      ref={form}
      className="settings-entry"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (mayChange && isChanged) void save();
      }}
    >
      <Back section={section} />
      <header className="settings-head">
        <div>
          <h1>{isNew ? sectionWord(section, "new") : name}</h1>
          {!isNew && (
            <p className="muted">
              {t("settings.used_by")}: <UsedBy uses={uses} />
            </p>
          )}
        </div>
        {mayChange && (
          <div className="settings-actions">
            {!isNew && <Removing section={section} name={name} tag={known.tag} uses={uses} onRemoved={() => setDraft(null)} />}
            {isChanged && (
              <Button variant="default" onClick={() => (saving.reset(), setMeanwhile(null), setDraft(null))}>
                {t("settings.discard")}
              </Button>
            )}
            <Button type="submit" disabled={!isChanged || name === ""} loading={saving.isPending}>
              {t("settings.save")}
            </Button>
          </div>
        )}
      </header>
      <div role="status" className="settings-status">
        {(saving.isSuccess || isJustMade) && !isChanged && <span className="ok">{t("settings.saved")}</span>}
        {isChanged && <span className="warn">{wasKept ? t("settings.kept") : t("settings.unsaved")}</span>}
        {!mayChange && <span className="muted">{t("settings.read_only")}</span>}
      </div>
      {meanwhile && <MeanwhileNote section={section} mine={entry} meanwhile={meanwhile} onTake={takeTheirs} onKeep={() => void save(entry, meanwhile.tag)} />}
      {saving.error && !meanwhile && <Refusal error={saving.error} others={elsewhere(mistakes, noun, name)} own={`/settings/${noun}/${name}`} />}
      <div className="settings-columns" data-beside={Beside ? "" : undefined}>
        <div className="settings-left">
          <Slot>{Above && <Above {...extra} />}</Slot>
          <EntryForm
            section={section}
            entry={entry}
            issues={issues}
            mayChange={mayChange}
            isNew={isNew}
            besides={[...(isNew ? [] : [section.key]), ...(draws ?? [])]}
            onChange={change}
          />
          <Slot>{Below && <Below {...extra} />}</Slot>
        </div>
        {Beside && (
          <aside className="settings-beside">
            <Slot>
              <Beside {...extra} />
            </Slot>
          </aside>
        )}
      </div>
      <Leaving isChanged={isChanged && mayChange} onLeave={() => setDraft(null)} />
    </form>
  );
}

/** Whether the page is still open: what comes back later leads nobody away from another one. */
function useThere() {
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  return isThere;
}

function Slot({ children }: { children: ReactNode }) {
  return <Suspense>{children}</Suspense>;
}

function Back({ section }: { section: Section }) {
  return (
    <Link href={`/settings/${section.section}`} className="settings-back">
      <IconChevronLeft size={16} aria-hidden />
      {sectionWord(section, "title")}
    </Link>
  );
}
