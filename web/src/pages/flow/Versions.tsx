import { Alert, Badge, Button, Checkbox, CloseButton, Group } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useEditor } from "../../editing/editor";
import { currentLanguage } from "../../shell/language";
import { sinceThen } from "../../shell/times";
import { keepDraft, readDraft, readVersions, rollBack, type Version } from "./standing";
import { tell } from "./toast";
import { showVersions } from "./view";

/** What the flow was and is: each version, what differs between two of them, and the ways back. */
export default function Versions() {
  const { t } = useTranslation();
  const flow = useEditor((editor) => editor.key);
  const [chosen, setChosen] = useState<number[]>([]);
  const { data, error } = useQuery({ queryKey: ["versions", flow], queryFn: () => readVersions(flow), staleTime: 0 });
  const pick = (version: number) => setChosen(chosen.includes(version) ? chosen.filter((one) => one !== version) : [...chosen, version].slice(-2));
  return (
    <aside className="inspector" aria-label={t("versions.title")}>
      <header className="inspector-head">
        <div className="inspector-title">
          <h2>{t("versions.title")}</h2>
          <p className="muted small">{t("versions.about")}</p>
        </div>
        <CloseButton aria-label={t("publish.close")} onClick={() => showVersions(false)} />
      </header>
      <div className="inspector-body">
        {error && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
        {data?.length === 0 && <p className="muted">{t("versions.none")}</p>}
        {chosen.length === 2 && <Differences flow={flow} between={chosen} />}
        <ol className="versions">
          {data?.map((version) => (
            <OneVersion key={version.version} version={version} isChosen={chosen.includes(version.version)} onPick={() => pick(version.version)} />
          ))}
        </ol>
      </div>
    </aside>
  );
}

function Differences({ flow, between }: { flow: string; between: readonly number[] }) {
  const { t } = useTranslation();
  const [before = 0, after = 0] = [...between].sort((a, b) => a - b);
  const { data } = useQuery({
    queryKey: ["differences", flow, before, after],
    queryFn: async () => (await api.GET("/api/v1/flows/{flow}/differences", { params: { path: { flow }, query: { before, after } } })).data ?? null,
  });
  return (
    <section className="field-card" role="status">
      <b>{t("versions.between", { before, after })}</b>
      {data?.sentences.length === 0 && <p className="muted">{t("versions.same")}</p>}
      <ul className="sentences small">
        {data?.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

function OneVersion({ version, isChosen, onPick }: { version: Version; isChosen: boolean; onPick: () => void }) {
  const { t } = useTranslation();
  const number = version.version;
  return (
    <li>
      <Group justify="space-between" wrap="nowrap">
        <Checkbox checked={isChosen} onChange={onPick} label={t("versions.one", { version: number })} aria-description={t("versions.compare")} />
        {version.is_live && (
          <Badge tt="none" variant="light" color="lagoon">
            {t("versions.is_live")}
          </Badge>
        )}
      </Group>
      <p>{version.note}</p>
      <p className="muted small">
        <span>{version.author}</span>{" "}
        <time dateTime={version.created_at} title={new Date(version.created_at).toLocaleString(currentLanguage())}>
          {sinceThen(version.created_at, currentLanguage())}
        </time>
      </p>
      <WaysBack version={version} />
    </li>
  );
}

function WaysBack({ version: { flow, version, text, is_live } }: { version: Version }) {
  const { t } = useTranslation();
  const { liveVersion, saving } = useEditor();
  const restore = useMutation({
    mutationFn: async () => {
      const before = await readDraft(flow);
      const kept = await keepDraft(flow, text, before);
      const undo = async () => void (await keepDraft(flow, before?.text ?? null, kept));
      tell({ flow, sentence: t("versions.restored", { version }), undo });
    },
  });
  const back = useMutation({
    mutationFn: async () => {
      await rollBack(flow, version);
      tell({ flow, sentence: t("versions.rolled_back", { version }), undo: liveVersion ? () => rollBack(flow, liveVersion) : null });
    },
  });
  const failed = restore.error ?? back.error;
  return (
    <>
      <Group gap={8}>
        <Button size="compact-sm" variant="default" disabled={saving !== "saved"} loading={restore.isPending} onClick={() => restore.mutate()}>
          {t("versions.restore")}
        </Button>
        {!is_live && (
          <Button size="compact-sm" variant="default" disabled={saving !== "saved"} loading={back.isPending} onClick={() => back.mutate()}>
            {t("versions.roll_back")}
          </Button>
        )}
      </Group>
      {failed && <Alert color="red">{t("app.failed", { why: failed.message })}</Alert>}
    </>
  );
}
