import "./files.css";
import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Picture } from "../../canvas/Picture";
import type { FlowDocument } from "../../graph/document";
import { Findings } from "./Findings";
import { keepAsNew, type Read, readFile } from "./files";

/** The flow that a file may be taken into. */
export interface Into {
  keep: (text: string) => Promise<void>;
}

/** Takes a flow in from a file. It shows what the server finds in it before anything is kept. */
export default function Import({ into = null, onClose }: { into?: Into | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal size={640} opened onClose={onClose} title={t("files.import_title")} closeButtonProps={{ "aria-label": t("publish.close") }}>
      <Sheet into={into} onClose={onClose} />
    </Modal>
  );
}

function Sheet({ into, onClose }: { into: Into | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [file, setFile] = useState("");
  const read = useMutation({ mutationFn: (given: { text: string; file: string }) => readFile(given.text, given.file) });
  const take = (said: string, name: string) => {
    setText(said);
    setFile(name);
    read.mutate({ text: said, file: name });
  };
  const choose = useMutation({ mutationFn: (chosen: File) => chosen.text() });
  const write = (said: string) => {
    choose.reset(); // a file that is read still does not go over what is written
    setText(said);
    setFile("");
    read.reset();
  };
  return (
    <Stack>
      <label className="file-choice">
        {t("files.choose")}
        <input
          type="file"
          accept=".yaml,.yml"
          onClick={(event) => {
            event.currentTarget.value = ""; // the same file may be chosen again
          }}
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            if (chosen) choose.mutate(chosen, { onSuccess: (said) => take(said, chosen.name) });
          }}
        />
      </label>
      <Textarea label={t("files.paste")} autosize minRows={4} maxRows={10} value={text} spellCheck={false} className="file-text" onChange={(event) => write(event.currentTarget.value)} />
      {!read.data && (
        <Group justify="flex-end">
          <Button variant="default" disabled={!text.trim()} loading={read.isPending} onClick={() => read.mutate({ text, file })}>
            {t("files.look")}
          </Button>
        </Group>
      )}
      <div role="status">
        {(choose.error ?? read.error) && <Alert color="red">{t("app.failed", { why: (choose.error ?? read.error)?.message })}</Alert>}
        {read.data && !read.data.document && <NoFlow read={read.data} />}
      </div>
      {read.data?.document && <Found key={text} read={read.data} text={text} into={into} onClose={onClose} />}
    </Stack>
  );
}

function NoFlow({ read }: { read: Read }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" title={t("files.no_flow")}>
      <Findings found={read.issues} />
    </Alert>
  );
}

function Found({ read, text, into, onClose }: { read: Read; text: string; into: Into | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(read.name);
  const [, go] = useLocation();
  const asNew = useMutation({ mutationFn: () => keepAsNew(text, name.trim() || read.key, read.key), onSuccess: (key) => go(`/flows/${key}`) });
  const here = useMutation({ mutationFn: async () => into?.keep(text), onSuccess: onClose });
  const failed = asNew.error ?? here.error;
  const hasErrors = read.issues.some((one) => one.severity === "error");
  return (
    <>
      <section className="found" aria-label={t("files.found")}>
        <Picture flow={read.document as unknown as FlowDocument} exits={read.exits} />
        <div role="status">
          <b>{read.issues.length ? t("files.findings", { count: read.issues.length }) : t("flow.no_problems")}</b>
          {hasErrors && <p className="muted small">{t("files.mistakes_stay")}</p>}
          <Findings found={read.issues} />
        </div>
      </section>
      <TextInput label={t("flows.name")} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      {failed && <Alert color="red">{t("app.failed", { why: failed.message })}</Alert>}
      {into && <p className="muted small">{t("files.here_about")}</p>}
      <Group justify="flex-end">
        {into && (
          <Button variant="default" loading={here.isPending} onClick={() => here.mutate()}>
            {t("files.keep_here")}
          </Button>
        )}
        <Button loading={asNew.isPending} onClick={() => asNew.mutate()}>
          {t("files.keep_new")}
        </Button>
      </Group>
    </>
  );
}
