import "../../fields/entry_kinds";
import "../../fields/fields.css";
import "./settings.css";
import { Button, Group, Loader, Modal } from "@mantine/core";
import { type FormEvent, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Entry, Noun } from "../../fields/entries";
import { EntryForm } from "./EntryForm";
import { meanwhileOf, useSave } from "./entries";
import { EXTRAS, type ExtraProps } from "./extras";
import { Refusal } from "./Refusal";
import { besideFields, elsewhere, mistakesIn } from "./refused";
import { nameOf, type Section, sectionWord, useSections } from "./sections";

interface NewEntryProps {
  noun: Noun;
  /** It is saved, under this name. */
  onMade: (name: string) => void;
  onClose: () => void;
}

/** A sheet on which something new is set up while one does something else, with the form that the settings have. */
export default function NewEntry({ noun, onMade, onClose }: NewEntryProps) {
  const { t } = useTranslation();
  const section = useSections(true).find((one) => one.section === noun);
  const [entry, setEntry] = useState<Entry>({});
  const isEmpty = Object.keys(entry).length === 0; // a press beside the sheet takes nothing away that was written
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={isEmpty} closeOnEscape={isEmpty} closeButtonProps={{ "aria-label": t("inspector.close") }} size={720} title={section && sectionWord(section, "new")}>
      {section ? <Form section={section} entry={entry} setEntry={setEntry} onMade={onMade} onClose={onClose} /> : <Loader />}
    </Modal>
  );
}

type FormProps = { section: Section; entry: Entry; setEntry: (entry: Entry) => void } & Omit<NewEntryProps, "noun">;

function Form({ section, entry, setEntry, onMade, onClose }: FormProps) {
  const { t } = useTranslation();
  const noun = section.section as Noun;
  const saving = useSave(noun);
  const name = nameOf(section, entry);
  const mistakes = mistakesIn(saving.error);
  const issues = besideFields(mistakes, noun, name);
  const { Below, Beside, draws } = EXTRAS[noun] ?? {};
  const extra: ExtraProps = { name, entry, isNew: true, isChanged: true, mayChange: true, issues, change: setEntry, save };

  async function save(wanted: Entry = entry): Promise<boolean> {
    const { [section.key]: _, ...rest } = wanted;
    const called = nameOf(section, wanted);
    try {
      await saving.mutateAsync({ name: called, entry: rest, tag: null });
    } catch {
      return false; // what is wrong stands in the form
    }
    onMade(called);
    return true;
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation();
    if (name !== "" && !saving.isPending) void save();
  }

  return (
    <form className="settings-new" noValidate onSubmit={submit}>
      <EntryForm section={section} entry={entry} issues={issues} mayChange isNew besides={draws ?? []} onChange={setEntry} />
      <Suspense fallback={<Loader />}>
        {Below && <Below {...extra} />}
        {Beside && <Beside {...extra} />}
      </Suspense>
      {meanwhileOf(saving.error) && <p className="field-warn" role="alert">{t("settings.taken")}</p>}
      {saving.error && !meanwhileOf(saving.error) && <Refusal error={saving.error} others={elsewhere(mistakes, noun, name)} own={`/settings/${noun}/${name}`} />}
      <Group justify="flex-end" className="settings-new-foot">
        <Button variant="default" onClick={onClose}>
          {t("secrets.cancel")}
        </Button>
        <Button type="submit" disabled={name === ""} loading={saving.isPending}>
          {t("field.save_and_choose")}
        </Button>
      </Group>
    </form>
  );
}
