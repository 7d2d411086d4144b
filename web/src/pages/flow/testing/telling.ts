import { type Does, type Pretended, readJson } from "./pretending";

/** A test as it is put together in the panel. */
export interface Told {
  way: "caller" | "writer";
  phone: string;
  /** What they write first. */
  text: string;
  /** When it happens, as `datetime-local` has it. */
  at: string;
  /** What they press, say or write when asked, one a line. */
  answers: string;
  sources: Record<string, Pretended>;
}

export type Story = Record<string, unknown>;

/** What has been tested, in the words of a story file. */
export function storyOf(told: Told, asked: readonly string[]): Story {
  const story: Story = {};
  const moment = new Date(told.at);
  if (told.at && !Number.isNaN(moment.getTime())) story.at = moment.toISOString();
  const phone = told.phone.trim() ? { phone: told.phone.trim() } : {};
  story[told.way] = told.way === "writer" && told.text.trim() ? { ...phone, text: told.text } : phone;
  const answers = told.answers.split("\n").filter((line) => line.trim());
  if (answers.length) story.answers = answers;
  const sources = asked.filter((name) => told.sources[name]).map((name) => [name, answerOf(told.sources[name] as Pretended)]);
  if (sources.length) story.sources = Object.fromEntries(sources);
  return story;
}

function answerOf({ does, answer }: Pretended): { does: Does } | { answer: unknown } {
  return does === "ok" ? { answer: readJson(answer) ?? null } : { does };
}

/** The story with what has come of it as what is to come of it from now on. */
export function storyToKeep(story: Story, name: string, path: readonly string[], outcome: string | null): Story {
  return { story: name, ...story, expect: outcome ? { path, outcome } : { path } };
}

/** The stories with this one; one of the same name makes room. */
export function withStory(stories: readonly Story[], story: Story): Story[] {
  return [...stories.filter((one) => one.story !== story.story), story];
}

/** The moment that a new test happens at: now, to the minute, as `datetime-local` has it. */
export function nowLocally(now = new Date()): string {
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const SAYING = ["text", "question"];

/** What the contact hears or reads in this command; empty for one that tells nothing. */
export function wordsOf(command: string, settings: Record<string, unknown>): string {
  if (!["say_text", "tell_waiting", "send_message", "ask_contact"].includes(command)) return "";
  const said = SAYING.map((key) => settings[key]).find((text) => typeof text === "string" && text !== "");
  return typeof said === "string" ? said : "";
}
