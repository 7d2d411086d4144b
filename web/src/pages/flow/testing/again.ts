import type { components } from "../../../api/schema";
import { isObject } from "../../../fields/settle";
import { type Does, DOES, type Pretended } from "./pretending";
import { nowLocally, type Story, type Told } from "./telling";

/** A run as a story, as the server tells it. */
export type RunStory = components["schemas"]["RunStoryView"];

/** What a test begins with that is a run once more. */
export interface Again {
  story: Story;
  told: Told;
}

const BEGINS = { caller: "caller", writer: "writer" } as const;

/** The panel as it is filled in by a run: who came, when, and what they and the sources said. */
export function toldOf(story: Story): Told {
  const way = isObject(story[BEGINS.writer]) ? "writer" : "caller";
  const who = isObject(story[way]) ? story[way] : {};
  const at = typeof story.at === "string" ? nowLocally(new Date(story.at)) : nowLocally();
  const answers = Array.isArray(story.answers) ? story.answers.map(wordsOf).filter(Boolean) : [];
  const sources = isObject(story.sources) ? Object.entries(story.sources).map(([name, lines]) => [name, pretendedOf(lines)]) : [];
  return { way, phone: text(who.phone), text: text(who.text), at, answers: answers.join("\n"), sources: Object.fromEntries(sources) };
}

function wordsOf(answer: unknown): string {
  return isObject(answer) ? text(answer.tap) || text(answer.text) : text(answer);
}

/** What a source said first; the others stand in the run's own story as long as nobody changes it. */
function pretendedOf(lines: unknown): Pretended {
  const first: unknown = Array.isArray(lines) ? lines[0] : lines;
  if (!isObject(first)) return { does: "ok", answer: "{}" };
  const does = DOES.find((one): one is Does => one === first.does) ?? "ok";
  return { does, answer: JSON.stringify(first.answer ?? {}, null, 2) };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The story of a panel that a run filled in: what nobody changed is as it was in the run, to the second and with all that
 * the panel does not show. */
export function asInRun(story: Story, told: Told, { story: was, told: before }: Again): Story {
  const kept: Story = { ...was, ...story };
  if (told.at === before.at) kept.at = was.at;
  if (told.answers === before.answers) {
    if (was.answers === undefined) delete kept.answers;
    else kept.answers = was.answers;
  }
  if (told.way === before.way) kept[told.way] = { ...(isObject(was[told.way]) ? was[told.way] as object : {}), ...(story[told.way] as object) };
  else delete kept[before.way];
  const own = isObject(was.sources) ? was.sources : {};
  const same = Object.entries(own).filter(([name]) => told.sources[name] === before.sources[name]);
  const sources = { ...own, ...(isObject(story.sources) ? story.sources : {}), ...Object.fromEntries(same) };
  if (Object.keys(sources).length) kept.sources = sources;
  return kept;
}

/** Where two paths part: the first place, from 0, at which they differ, and what stands there; null: nowhere. */
export function partingOf(then: readonly string[], now: readonly string[]): { place: number; then: string; now: string } | null {
  const most = Math.max(then.length, now.length);
  for (let place = 0; place < most; place++)
    if (then[place] !== now[place]) return { place, then: then[place] ?? "", now: now[place] ?? "" };
  return null;
}
