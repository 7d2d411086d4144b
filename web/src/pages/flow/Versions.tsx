import "../../fields/fields.css";
import "../../inspector/inspector.css";
import { Alert, Badge, Button, Checkbox, CloseButton, Group } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../../editing/editor";
import { currentLanguage } from "../../shell/language";
import { useMay } from "../../shell/session";
import { sinceThen } from "../../shell/times";
import { authorCalled } from "./authors";
import { Changes } from "./Changes";
import { NotRead } from "./NotRead";
import { useDifferences, useUnpublished } from "./differences";
import { keepDraft, readDraft, readVersions, rollBack, type Version } from "./standing";
import { tell } from "./toast";
import { compare, type Compared, point, showVersions, useView } from "./view";

/** The draft among the versions: it comes after all of them. */
const DRAFT = Number.POSITIVE_INFINITY;

/** What the flow was and is: each version, what differs between two of them, and the ways back. */
export default function Versions() {
  const { t } = useTranslation();
  const flow = useEditor((editor) => editor.key);
  const { chosen, pick } = useChoice();
  const compared = useView((view) => view.compared);
  const { data, error } = useQuery({ queryKey: ["versions", flow], queryFn: () => readVersions(flow), staleTime: 0 });
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
        {compared && <Differences flow={flow} compared={compared} />}
        <ol className="versions">
          <TheDraft isChosen={chosen.includes(DRAFT)} onPick={() => pick(DRAFT)} />
          {data?.map((version) => (
            <OneVersion key={version.version} version={version} isChosen={chosen.includes(version.version)} onPick={() => pick(version.version)} />
          ))}
        </ol>
      </div>
    </aside>
  );
}

/** Choosing two shows on the canvas what differs; the draft counts as later than every version. */
function useChoice() {
  const { compared } = useView();
  const [chosen, setChosen] = useState<number[]>(compared ? [compared.before, compared.after ?? DRAFT] : []);
  const pick = (version: number) => {
    const now = chosen.includes(version) ? chosen.filter((one) => one !== version) : [...chosen, version].slice(-2);
    const [before = 0, after = 0] = [...now].sort((a, b) => a - b);
    setChosen(now);
    compare(now.length === 2 ? { before, after: after === DRAFT ? null : after } : null);
  };
  return { chosen, pick };
}

function Differences({ flow, compared }: { flow: string; compared: Compared }) {
  const { t } = useTranslation();
  const pointed = useView((view) => view.pointed);
  const { changes, error, again } = useDifferences(flow, compared);
  const { before, after } = compared;
  return (
    <section className="field-card" role="status">
      <b>{after === null ? t("difference.since", { version: before }) : t("versions.between", { before, after })}</b>
      {error && <NotRead why={error} onAgain={again} />}
      {changes && <Changes changes={changes} pointed={pointed} onPoint={point} />}
    </section>
  );
}

function TheDraft({ isChosen, onPick }: { isChosen: boolean; onPick: () => void }) {
  const { t } = useTranslation();
  const found = useUnpublished();
  if (!found) return null;
  return (
    <li>
      <Checkbox checked={isChosen} onChange={onPick} label={t("difference.draft")} aria-description={t("versions.compare")} />
      <p className="muted small">{t("difference.unpublished", { count: found.changes.length })}</p>
    </li>
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
        <span>{authorCalled(version.author, t)}</span> ·{" "}
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
  const mayPublish = useMay()("flows.publish");
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
      const freed = await rollBack(flow, version);
      const sentence = t(freed.length > 0 ? "versions.freed" : "versions.rolled_back", { version, numbers: freed.join(", ") });
      tell({ flow, sentence, undo: liveVersion ? async () => void (await rollBack(flow, liveVersion)) : null });
    },
  });
  const failed = restore.error ?? back.error;
  return (
    <>
      <Group gap={8}>
        <Button size="compact-sm" variant="default" disabled={saving !== "saved"} loading={restore.isPending} onClick={() => restore.mutate()}>
          {t("versions.restore")}
        </Button>
        {!is_live && mayPublish && (
          <Button size="compact-sm" variant="default" disabled={saving !== "saved"} loading={back.isPending} onClick={() => back.mutate()}>
            {t("versions.roll_back")}
          </Button>
        )}
      </Group>
      {failed && <Alert color="red">{t("app.failed", { why: failed.message })}</Alert>}
    </>
  );
}
