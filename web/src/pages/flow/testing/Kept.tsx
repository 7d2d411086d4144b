import { Alert, Button, CloseButton, Group, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, questions } from "../../../api/client";
import { useEditor } from "../../../editing/editor";
import { tell } from "../toast";
import type { Tried } from "./Passages";
import { type Story, storyToKeep, withStory } from "./telling";

/** The tests that are kept with the flow: keep the one that was just played, and play them all. */
export function Kept({ flow, story, tried }: { flow: string; story: Story; tried: Tried | null }) {
  const { t } = useTranslation();
  const isSaved = useEditor((editor) => editor.saving === "saved");
  const { data, error } = useQuery({ queryKey: ["stories", flow], queryFn: () => readStories(flow) });
  const play = useMutation({
    mutationFn: async () => (await api.POST("/api/v1/flows/{flow}/stories/play", { params: { path: { flow } }, body: {} })).data,
  });
  const stories = data?.stories ?? [];
  const keep = useMutation({
    mutationFn: ({ kept }: Keeping) => keepStories(flow, kept, data?.revision ?? 0),
    onSuccess: (revision, { sentence }) => {
      play.reset();
      const undo = async () => void (await keepStories(flow, stories, revision));
      if (sentence) tell({ flow, sentence, undo });
    },
    onSettled: () => questions.invalidateQueries({ queryKey: ["stories", flow] }),
  });
  const keepAs = async (name: string, { path, outcome }: Tried) => {
    const isThere = stories.some((one) => one.story === name);
    await keep.mutateAsync({ kept: withStory(stories, storyToKeep(story, name, path, outcome)), sentence: isThere ? t("testing.replaced", { name }) : "" });
  };
  const drop = (place: number, name: string) => keep.mutate({ kept: stories.filter((_, other) => other !== place), sentence: t("testing.dropped", { name }) });
  const failed = error ?? keep.error ?? play.error;
  const played = Object.fromEntries(play.data?.stories.map((one) => [one.story, one]) ?? []);
  return (
    <section aria-label={t("testing.kept")} className="kept-tests">
      <h3>{t("testing.kept")}</h3>
      {tried && data && <KeepIt onKeep={(name) => keepAs(name, tried)} isPending={keep.isPending} />}
      {data && stories.length === 0 && <p className="muted small">{t("testing.none_kept")}</p>}
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
                <CloseButton size="sm" aria-label={t("testing.drop", { name: String(name) })} disabled={keep.isPending} onClick={() => drop(place, String(name))} />
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

/** The tests to be kept from now on, and what is told of it besides; what was kept before comes back by Undo. */
interface Keeping {
  kept: Story[];
  sentence: string;
}

/** The name stays until the test is kept. */
function KeepIt({ onKeep, isPending }: { onKeep: (name: string) => Promise<void>; isPending: boolean }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  return (
    <form
      className="keep-test"
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim() || isPending) return;
        onKeep(name.trim()).then(
          () => setName(""),
          () => {}, // it is told below
        );
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

/** Keep these and no others; refused when somebody else has changed them since `revision`. Gives the revision they are. */
async function keepStories(flow: string, stories: Story[], revision: number): Promise<number> {
  const path = { flow };
  if (stories.length === 0) await api.DELETE("/api/v1/flows/{flow}/stories", { params: { path, query: { revision } } });
  const kept = stories.length ? (await api.PUT("/api/v1/flows/{flow}/stories", { params: { path }, body: { stories, revision } })).data : null;
  await questions.invalidateQueries({ queryKey: ["stories", flow] });
  return kept?.revision ?? 0;
}
