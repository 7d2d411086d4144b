import { Alert, Button, CloseButton, Group, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, questions } from "../../../api/client";
import { useEditor } from "../../../editing/editor";
import type { Tried } from "./Passages";
import { type Story, storyToKeep, withStory } from "./telling";

/** The tests that are kept with the flow: keep the one that was just played, and play them all. */
export function Kept({ flow, story, tried }: { flow: string; story: Story; tried: Tried | null }) {
  const { t } = useTranslation();
  const isSaved = useEditor((editor) => editor.saving === "saved");
  const { data } = useQuery({ queryKey: ["stories", flow], queryFn: () => readStories(flow) });
  const play = useMutation({
    mutationFn: async () => (await api.POST("/api/v1/flows/{flow}/stories/play", { params: { path: { flow } }, body: {} })).data,
  });
  const keep = useMutation({
    mutationFn: (stories: Story[]) => keepStories(flow, stories, data?.revision ?? 0),
    onSuccess: () => play.reset(),
    onSettled: () => questions.invalidateQueries({ queryKey: ["stories", flow] }),
  });
  const stories = data?.stories ?? [];
  const failed = keep.error ?? play.error;
  const played = Object.fromEntries(play.data?.stories.map((one) => [one.story, one]) ?? []);
  return (
    <section aria-label={t("testing.kept")} className="kept-tests">
      <h3>{t("testing.kept")}</h3>
      {tried && <KeepIt onKeep={(name) => keep.mutate(withStory(stories, storyToKeep(story, name, tried.path, tried.outcome)))} isPending={keep.isPending} />}
      {stories.length === 0 && <p className="muted small">{t("testing.none_kept")}</p>}
      {stories.length > 0 && (
        <Group justify="space-between">
          <Button size="compact-sm" variant="default" disabled={!isSaved} loading={play.isPending} onClick={() => play.mutate()}>
            {t("testing.play_all")}
          </Button>
          <span className="small" role="status">
            {play.data && t("testing.counts", { passed: play.data.passed, changed: play.data.changed, failed: play.data.failed })}
          </span>
        </Group>
      )}
      {failed && <Alert color="red">{t("app.failed", { why: failed.message })}</Alert>}
      <ul>
        {stories.map(({ story: name }, place) => {
          const went = played[String(name)];
          return (
            <li key={place}>
              <Group justify="space-between" wrap="nowrap" gap={8}>
                <span>{String(name)}</span>
                {went && (
                  <b className="small came" data-came={went.came}>
                    {t(`testing.came.${went.came}`)}
                  </b>
                )}
                <CloseButton size="sm" aria-label={t("testing.drop", { name: String(name) })} onClick={() => keep.mutate(stories.filter((_, other) => other !== place))} />
              </Group>
              {went?.differences.map((sentence) => (
                <p key={sentence} className="muted small">
                  {sentence}
                </p>
              ))}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function KeepIt({ onKeep, isPending }: { onKeep: (name: string) => void; isPending: boolean }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  return (
    <form
      className="keep-test"
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim()) return;
        onKeep(name.trim());
        setName("");
      }}
    >
      <TextInput label={t("testing.keep_as")} placeholder={t("testing.keep_hint")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={!name.trim()} loading={isPending}>
        {t("testing.keep")}
      </Button>
    </form>
  );
}

async function readStories(flow: string) {
  return (await api.GET("/api/v1/flows/{flow}/stories", { params: { path: { flow } } })).data ?? null;
}

/** Keep these and no others; refused when somebody else has changed them since `revision`. */
async function keepStories(flow: string, stories: Story[], revision: number): Promise<void> {
  const path = { flow };
  if (stories.length) await api.PUT("/api/v1/flows/{flow}/stories", { params: { path }, body: { stories, revision } });
  else await api.DELETE("/api/v1/flows/{flow}/stories", { params: { path, query: { revision } } });
}
