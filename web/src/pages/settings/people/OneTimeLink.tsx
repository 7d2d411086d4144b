import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** A link that works once, shown this once. */
export function OneTimeLink({ name, link, onClose }: { name: string; link: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [isCopied, setIsCopied] = useState(false);
  const box = useRef<HTMLInputElement>(null);

  async function copy() {
    box.current?.select(); // where the page may not write to the clipboard, Ctrl+C does
    await navigator.clipboard?.writeText(link);
    setIsCopied(navigator.clipboard !== undefined);
  }

  return (
    <Modal opened onClose={onClose} withCloseButton={false} closeOnClickOutside={false} title={t("people.link_for", { name })} size="lg">
      <Stack>
        <p className="settings-asked">{t("people.link_about")}</p>
        <TextInput ref={box} label={t("people.link")} readOnly data-autofocus classNames={{ input: "code" }} value={link} onFocus={(event) => event.currentTarget.select()} />
        <Group justify="flex-end">
          <span role="status">{isCopied && t("people.copied")}</span>
          <Button onClick={() => void copy().catch(() => undefined)}>{t("people.copy")}</Button>
          <Button variant="default" onClick={onClose}>
            {t("people.done")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
