import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../../api/client";
import { useCatalogue } from "../../../api/pieces";
import { exitCalled, stepCalled } from "../../../editing/called";
import { useEditor } from "../../../editing/editor";
import { useAsked } from "../../../shell/address";
import { atTime } from "../../../shell/times";
import { partingOf, type RunStory } from "./again";

/** The run that is to be played once more, if the address names one. */
export function useAgain() {
  const [asked] = useAsked();
  const run = asked.get("again") ?? "";
  const { data, error } = useQuery({
    queryKey: ["run_story", run],
    enabled: run !== "",
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await api.GET("/api/v1/runs/{run_id}/story", { params: { path: { run_id: run } } })).data ?? null,
  });
  return { run, story: data ?? null, problem: error?.message ?? "" };
}

/** Which run is played once more, what could not be filled in, and whether it went the same way. */
export function AsThen({ run, story, path }: { run: string; story: RunStory; path: readonly string[] | null }) {
  const { t, i18n } = useTranslation();
  const when = typeof story.story.at === "string" ? atTime(story.story.at, i18n.language) : "";
  return (
    <section className="as-then small" aria-label={t("testing.again.title", { when })}>
      <p>
        <b>{t("testing.again.title", { when })}</b> · <Link href={`/runs/${run}`}>{t("testing.again.open")}</Link>
      </p>
      <p className="muted">{t("testing.again.about")}</p>
      {story.masked.length > 0 && <p className="warned">{t("testing.again.masked", { names: story.masked.join(", ") })}</p>}
      {path && <Compared then={story.path} now={path} />}
    </section>
  );
}

function Compared({ then, now }: { then: readonly string[]; now: readonly string[] }) {
  const { t } = useTranslation();
  const nameOf = useStepNames();
  const parting = partingOf(then, now);
  if (!parting)
    return (
      <p role="status" className="came" data-came="passed">
        {t("testing.again.same")}
      </p>
    );
  return (
    <div role="status">
      <p className="warned">{t("testing.again.other", { place: parting.place + 1 })}</p>
      <p>{t("testing.again.then", { step: nameOf(parting.then) || t("testing.again.end") })}</p>
      <p>{t("testing.again.now", { step: nameOf(parting.now) || t("testing.again.end") })}</p>
    </div>
  );
}

/** What people call a step and its way out that stand as `tier.vip`. */
function useStepNames(): (passed: string) => string {
  const { flow, exits } = useEditor();
  const catalogue = useCatalogue();
  return (passed) => {
    const [step = "", exit = ""] = passed.split(".");
    return [stepCalled(flow, catalogue, step), exitCalled(flow, exits, catalogue, step, exit)].filter(Boolean).join(" → ");
  };
}
