import { ActionIcon, Alert, Button, Group, Modal } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { atTime } from "../../shell/times";
import type { Voicemail } from "./Player";

/** Deletes what a caller left, after a question. */
export function Deleting({ voicemail: { id, at, phone, contact_name: name, whereabouts } }: { voicemail: Voicemail }) {
  const { t, i18n } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const known = useQueryClient();
  const deleting = useMutation({
    mutationFn: async () => void (await api.DELETE("/api/v1/voicemails/{voicemail_id}", { params: { path: { voicemail_id: id } } })),
    onSuccess: () => known.invalidateQueries({ queryKey: ["voicemails"] }),
  });
  // The server that has the file deletes it.
  if (whereabouts === "elsewhere") return null;
  const told = { who: name || phone || t("live.somebody"), at: atTime(at, i18n.language) };
  const close = () => {
    deleting.reset();
    setIsOpen(false);
  };
  return (
    <>
      <ActionIcon variant="subtle" color="gray" aria-label={t("voicemails.deleting", told)} onClick={() => setIsOpen(true)}>
        <IconTrash size={16} />
      </ActionIcon>
      <Modal opened={isOpen} onClose={close} withCloseButton={false} title={t("voicemails.deleting", told)}>
        <p>{t("voicemails.delete_about")}</p>
        {deleting.error && (
          <Alert color="red" role="alert">
            {t("app.failed", { why: deleting.error.message })}
          </Alert>
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" data-autofocus onClick={close}>
            {t("voicemails.keep")}
          </Button>
          <Button variant="default" className="bad" loading={deleting.isPending} onClick={() => deleting.mutate()}>
            {t("voicemails.delete")}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
