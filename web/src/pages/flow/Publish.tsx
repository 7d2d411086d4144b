import { Alert, Button, Group, Modal, Stack, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useEditor } from "../../editing/editor";

/** Makes the draft live, after showing what changes by it. Disabled while there are errors, and it says which. */
export function Publish() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const { key, issues, saving } = useEditor();
  const errors = issues.filter((issue) => issue.is_error);
  const why = errors.length ? errors.map((issue) => issue.sentence).join("\n") : saving !== "saved" ? t("flow.saving") : "";
  return (
    <>
      <Tooltip label={why} disabled={!why} multiline maw={360}>
        <Button data-disabled={why !== ""} aria-disabled={why !== ""} onClick={() => why === "" && setIsOpen(true)}>
          {t("publish.open")}
        </Button>
      </Tooltip>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={t("publish.title")} closeButtonProps={{ "aria-label": t("publish.close") }}>
        {isOpen && <Sheet flow={key} onDone={() => setIsOpen(false)} />}
      </Modal>
    </>
  );
}

function Sheet({ flow, onDone }: { flow: string; onDone: () => void }) {
  const { t } = useTranslation();
  const known = useQueryClient();
  const [note, setNote] = useState("");
  const { data } = useQuery({
    queryKey: ["differences", flow],
    queryFn: async () => (await api.GET("/api/v1/flows/{flow}/differences", { params: { path: { flow } } })).data ?? null,
    staleTime: 0,
    retry: false,
  });
  const publish = useMutation({
    mutationFn: async () => {
      const { data: draft } = await api.GET("/api/v1/flows/{flow}/draft", { params: { path: { flow } } });
      return (await api.POST("/api/v1/flows/{flow}/publish", { params: { path: { flow } }, body: { text: draft?.text ?? "", note } })).data;
    },
    onSuccess: (version) => {
      useEditor.setState({ liveVersion: version?.version ?? null });
      void known.invalidateQueries({ queryKey: ["flows"] });
      onDone();
    },
  });
  return (
    <Stack>
      {data && data.sentences.length > 0 && (
        <ul className="sentences">
          {data.sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <TextInput label={t("publish.note")} value={note} onChange={(event) => setNote(event.currentTarget.value)} data-autofocus />
      <p className="muted small">{t("publish.calls_stay")}</p>
      {publish.error && <Alert color="red">{t("app.failed", { why: publish.error.message })}</Alert>}
      <Group justify="flex-end">
        <Button onClick={() => publish.mutate()} loading={publish.isPending}>
          {t("publish.now")}
        </Button>
      </Group>
    </Stack>
  );
}
