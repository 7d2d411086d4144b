import { Alert, Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Noun } from "../../fields/entries";
import { UsedBy } from "./EntryTable";
import { meanwhileOf, type Use, useRemove } from "./entries";
import { Refusal } from "./Refusal";
import { mistakesIn } from "./refused";
import { type Section, sectionWord } from "./sections";

interface RemovingProps {
  section: Section;
  name: string;
  tag: string | null;
  uses: readonly Use[];
  onRemoved: () => void;
}

/** Deletes an entry, after a question that says what hangs on it. */
export function Removing({ section, name, tag, uses, onRemoved }: RemovingProps) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const [, go] = useLocation();
  const removing = useRemove(section.section as Noun);
  const isChanged = meanwhileOf(removing.error) !== null;

  async function remove() {
    await removing.mutateAsync({ name, tag });
    onRemoved();
    go(`/settings/${section.section}`, { replace: true });
  }

  function close() {
    removing.reset();
    setIsOpen(false);
  }

  return (
    <>
      <Button variant="subtle" className="settings-remove" onClick={() => setIsOpen(true)}>
        {t("settings.remove")}
      </Button>
      <Modal opened={isOpen} onClose={close} withCloseButton={false} title={t("settings.remove_title", { name: `${sectionWord(section, "one")} ${name}` })}>
        <p className="settings-asked">{t("settings.remove_about")}</p>
        {uses.length > 0 && (
          <p className="settings-asked">
            {t("settings.remove_used")} <UsedBy uses={uses} />
          </p>
        )}
        {isChanged && <Alert color="yellow" role="alert">{t("settings.meanwhile")}</Alert>}
        {removing.error && !isChanged && <Refusal error={removing.error} others={mistakesIn(removing.error)} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" data-autofocus onClick={close}>
            {t("settings.keep")}
          </Button>
          <Button variant="default" className="settings-remove" loading={removing.isPending} onClick={() => void remove().catch(() => undefined)}>
            {t("settings.remove")}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
