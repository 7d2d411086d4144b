import { Alert, Button, Group, Loader, Modal, Stack, TextInput } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useEditor } from "../../editing/editor";
import type { FlowDocument } from "../../graph/document";
import { Changes } from "./Changes";
import type { Change } from "./differences";
import { NotRead } from "./NotRead";
import { PlayedTests } from "./PlayedTests";
import { type Draft, keepDraft, publishDraft, readDraft, readVersions, rollBack, type TakenOver, type Version } from "./standing";
import { isRefused, readTakeovers, takenBy, Takeovers } from "./Takeovers";
import { tell } from "./toast";
import { compare } from "./view";

/** The dialog in which a flow is published. */
export default function PublishSheet({ flow, isOpen, onClose }: { flow: string; isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState(""); // it is kept while somebody looks at what changes
  const isMounted = useMounted(); // a dialog that is born open does not give the focus back
  return (
    <Modal opened={isMounted && isOpen} onClose={onClose} title={t("publish.title")} closeButtonProps={{ "aria-label": t("publish.close") }}>
      {isOpen && <Publication flow={flow} note={note} onNote={setNote} onDone={onClose} />}
    </Modal>
  );
}

/** What publishing comes to, before it is done: what changes, how the kept tests go, whose calls it takes. */
function Publication({ flow, note, onNote, onDone }: { flow: string; note: string; onNote: (note: string) => void; onDone: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ queryKey: ["draft", flow, "publish"], queryFn: () => readPublication(flow), staleTime: 0, gcTime: 0 });
  const publish = useMutation({
    mutationFn: ({ draft, takeovers }: Shown) => publishDraft(flow, draft, note, takenBy(takeovers)),
    onSuccess: (made, { live, draft }) => {
      if (!made) return;
      const undo = live && (() => takeBack(flow, live, draft.text, made.taken_over));
      tell({ flow, sentence: t("publish.done", { version: made.version }), undo });
      onNote("");
      onDone();
    },
    onError: () => void refetch(), // such as whose a number is by now
  });
  if (!data && error) return <NotRead why={error} onAgain={() => void refetch()} />;
  if (!data) return <Loader />;
  const { draft } = data;
  if (!draft) return <p>{t("publish.nothing")}</p>;
  return (
    <Stack>
      {data.live && <WhatChanges changes={data.changes} live={data.live} onShow={onDone} />}
      <PlayedTests flow={flow} revision={draft.revision} />
      <Numbers live={data.live} />
      <Takeovers takeovers={data.takeovers} />
      <TextInput label={t("publish.note")} value={note} onChange={(event) => onNote(event.currentTarget.value)} data-autofocus />
      <p className="muted small">{t("publish.calls_stay")}</p>
      {publish.error && <Alert color="red">{t("app.failed", { why: publish.error.message })}</Alert>}
      <Group justify="flex-end">
        <Button onClick={() => publish.mutate({ ...data, draft })} loading={publish.isPending} disabled={isRefused(data.takeovers)}>
          {t("publish.now")}
        </Button>
      </Group>
    </Stack>
  );
}

/** What a person has before their eyes when they publish. */
interface Shown {
  draft: Draft;
  live: Version | null;
  takeovers: Parameters<typeof takenBy>[0];
}

function WhatChanges({ changes, live, onShow }: { changes: readonly Change[]; live: Version; onShow: () => void }) {
  const { t } = useTranslation();
  const show = () => {
    compare({ before: live.version, after: null });
    onShow();
  };
  return (
    <section aria-label={t("difference.title")} className="what-changes">
      <Changes changes={changes} />
      {changes.length > 0 && (
        <Button variant="default" size="compact-sm" onClick={show}>
          {t("difference.show")}
        </Button>
      )}
    </section>
  );
}

/** The numbers whose calls the flow takes from now on, and those whose calls it takes no more. */
function Numbers({ live }: { live: Version | null }) {
  const { t } = useTranslation();
  const flow = useEditor((editor) => editor.flow);
  const numbers = numbersOf(flow);
  const lost = live?.numbers.filter((number) => !numbers.includes(number)) ?? [];
  return (
    <div className="figures">
      {numbers.length > 0 && <div>{t("publish.numbers", { numbers: numbers.join(", ") })}</div>}
      {lost.length > 0 && <div className="warned">{t("publish.numbers_lost", { numbers: lost.join(", ") })}</div>}
    </div>
  );
}

function numbersOf(flow: FlowDocument): string[] {
  const named = flow.triggers.flatMap((trigger) => (Array.isArray(trigger.numbers) ? trigger.numbers.map(String) : []));
  return [...new Set(named)];
}

/** The draft as it is now, what differs in it, and the version that it follows. */
async function readPublication(flow: string) {
  const draft = await readDraft(flow);
  const live = (await readVersions(flow)).find((version) => version.is_live) ?? null;
  const takeovers = draft ? await readTakeovers(flow) : [];
  if (!draft || !live) return { draft, live, takeovers, changes: [] };
  const { data } = await api.GET("/api/v1/flows/{flow}/differences", { params: { path: { flow } } });
  return { draft, live, takeovers, changes: data?.changes ?? [] };
}

/** The version before is live again, numbers are where they were, and what was published is the draft that it was. */
async function takeBack(flow: string, live: Version, text: string, taken: readonly TakenOver[]): Promise<void> {
  await rollBack(flow, live.version, taken);
  if (!(await readDraft(flow))) await keepDraft(flow, text, null);
}
