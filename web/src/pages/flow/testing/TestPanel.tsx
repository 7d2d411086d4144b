import "../../../fields/fields.css";
import "../../../inspector/inspector.css";
import "./testing.css";
import { Alert, Button, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import { useCatalogue } from "../../../api/pieces";
import { lightUp } from "./lit";
import { useEditor } from "../../../editing/editor";
import { readDraft } from "../standing";
import { type Again, asInRun, toldOf } from "./again";
import { AsThen, useAgain } from "./AsThen";
import { Kept } from "./Kept";
import { Passages } from "./Passages";
import { askedSources, readJson } from "./pretending";
import { NOTHING, Sources } from "./Sources";
import { nowLocally, type Story, storyOf, type Told } from "./telling";

const WAYS = { incoming_call: "caller", incoming_message: "writer" } as const;

/** Plays the flow with an invented contact and invented answers, and shows how it went. */
export default function TestPanel() {
  const { t } = useTranslation();
  const { key, flow, issues, saving } = useEditor();
  const again = useAgain();
  const { steps } = useCatalogue();
  const ways = Object.entries(WAYS).flatMap(([type, way]) => (flow.triggers.some((trigger) => trigger.type === type) ? [way] : []));
  const [told, setTold] = useTold(key, ways[0] ?? "caller");
  const asked = askedSources(flow, steps);
  const way = ways.includes(told.way) ? told.way : (ways[0] ?? "caller");
  const sources = Object.fromEntries(asked.map(({ source }) => [source, told.sources[source] ?? NOTHING]));
  const plain = storyOf({ ...told, way, sources }, Object.keys(sources));
  const filled = useMemo(() => (again.story ? { story: again.story.story, told: toldOf(again.story.story) } : null), [again.story]);
  const story = filled ? asInRun(plain, { ...told, way }, filled) : plain;
  const isWrong = Object.values(sources).some((one) => one.does === "ok" && readJson(one.answer) === undefined);
  const why = ways.length === 0 ? t("testing.no_way") : issues.some((issue) => issue.is_error) ? t("testing.problems_first") : "";
  const play = useMutation({ mutationFn: (one: Story) => playStory(key, one) });
  const { reset } = play;
  useEffect(() => reset, [flow, reset]); // what was played is not so any more
  useEffect(() => lightUp(play.data?.trace ?? null), [play.data]);
  const canPlay = why === "" && saving === "saved";
  usePlayAgain(canPlay ? filled : null, flow, (isFirst) => {
    if (isFirst && filled) setTold(filled.told);
    play.mutate(isFirst && filled ? filled.story : story);
  });
  return (
    <aside className="inspector" aria-label={t("testing.title")}>
      <header className="inspector-head">
        <div className="inspector-title">
          <h2>{t("testing.title")}</h2>
          <p className="muted small">{t("testing.nothing_sent")}</p>
        </div>
      </header>
      <div className="inspector-body">
        {again.problem && <Alert color="red">{t("app.failed", { why: again.problem })}</Alert>}
        {again.story && <AsThen run={again.run} story={again.story} path={play.data?.path ?? null} />}
        {ways.length > 1 && (
          <SegmentedControl
            fullWidth
            aria-label={t("testing.who")}
            value={way}
            data={ways.map((one) => ({ value: one, label: t(`testing.${one}`) }))}
            onChange={(one) => setTold({ ...told, way: one as Told["way"] })}
          />
        )}
        <TextInput label={t(`testing.${way}_number`)} type="tel" value={told.phone} onChange={(event) => setTold({ ...told, phone: event.currentTarget.value })} />
        {way === "writer" && <TextInput label={t("testing.writes")} value={told.text} onChange={(event) => setTold({ ...told, text: event.currentTarget.value })} />}
        <TextInput label={t("testing.when")} type="datetime-local" value={told.at} onChange={(event) => setTold({ ...told, at: event.currentTarget.value })} />
        <Sources asked={asked} sources={sources} onChange={(changed) => setTold({ ...told, sources: changed })} />
        <Textarea
          label={t("testing.answers")}
          description={t("testing.answers_about")}
          autosize
          minRows={1}
          maxRows={6}
          value={told.answers}
          onChange={(event) => setTold({ ...told, answers: event.currentTarget.value })}
        />
        <Button fullWidth disabled={why !== "" || isWrong || saving !== "saved"} loading={play.isPending} onClick={() => play.mutate(story)}>
          {t("testing.play")}
        </Button>
        {why && <p className="warned small">{why}</p>}
        {play.error && <Alert color="red">{t("app.failed", { why: play.error.message })}</Alert>}
        {play.data && <Passages tried={play.data} />}
        <Kept flow={key} story={play.variables ?? story} tried={play.data ?? null} />
      </div>
    </aside>
  );
}

const TOLD = new Map<string, Told>();

/** The test of a flow as it is put together: it is there still when somebody comes back from mending the flow. */
function useTold(flow: string, way: Told["way"]): [Told, (told: Told) => void] {
  const [told, setTold] = useState<Told>(() => TOLD.get(flow) ?? { way, phone: "+31612345678", text: "", at: nowLocally(), answers: "", sources: {} });
  const tell = (one: Told) => {
    TOLD.set(flow, one);
    setTold(one);
  };
  return [told, tell];
}

/** Play a run once more as soon as it is there and the flow can be played, and again when the flow has changed. */
function usePlayAgain(filled: Again | null, flow: object, playIt: (isFirst: boolean) => void): void {
  const played = useRef<{ filled: Again; flow: object } | null>(null);
  useEffect(() => {
    const before = played.current;
    if (!filled || (before?.filled === filled && before.flow === flow)) return;
    played.current = { filled, flow };
    playIt(before?.filled !== filled);
  });
}

/** Play a story on the draft, or on the live version where there is none. */
async function playStory(flow: string, story: Story) {
  const draft = await readDraft(flow);
  return (await api.POST("/api/v1/flows/{flow}/try", { params: { path: { flow } }, body: { text: draft?.text ?? null, story } })).data;
}
