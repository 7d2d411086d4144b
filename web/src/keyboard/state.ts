import { create } from "zustand";
import type { Spot } from "./spot";

/** One thing that can be chosen. `type` and `group` say which tile stands before it. */
export interface Choice {
  value: string;
  label: string;
  note?: string;
  type?: string;
  group?: string;
}

/** A question with answers to choose from, found by typing. */
export interface Question {
  title: string;
  hint: string;
  choices: (typed: string) => readonly Choice[];
  answer: (value: string | null) => void;
}

/** What was told last; `isShown`: not only to those who hear it. */
export interface Told {
  sentence: string;
  isShown: boolean;
}

/** What of the keyboard is open on the page of a flow. */
interface Keyboard {
  hasOutline: boolean;
  hasSheet: boolean;
  question: Question | null;
  /** Whose menu is open, and where on the page. */
  menu: { spot: Spot; x: number; y: number } | null;
  told: Told;
  /** The step to whose settings somebody wants to go. */
  wanted: string | null;
  /** What somebody asked for waits for the server, and keys for it. */
  isWaiting: boolean;
}

export const CLOSED: Keyboard = {
  hasOutline: false,
  hasSheet: false,
  question: null,
  menu: null,
  told: { sentence: "", isShown: false },
  wanted: null,
  isWaiting: false,
};

export const useKeyboard = create<Keyboard>(() => CLOSED);

const { getState, setState } = useKeyboard;

export function showSheet(hasSheet: boolean): void {
  setState({ hasSheet });
}

export function showOutline(hasOutline: boolean): void {
  setState({ hasOutline });
}

/** Show a step, with the focus in its settings. */
export function goToSettings(wanted: string): void {
  setState({ wanted });
}

/** Let somebody choose; null when they leave it. */
export function ask(question: Omit<Question, "answer">): Promise<string | null> {
  getState().question?.answer(null);
  return new Promise((resolve) => {
    const answer = (value: string | null) => {
      setState({ question: null });
      resolve(value);
    };
    setState({ question: { ...question, answer } });
  });
}

const SHOWN_MS = 6_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Tell what happened to those who do not see it; a refusal is shown as well, for a moment. */
export function tell(sentence: string, isShown = false): void {
  clearTimeout(timer);
  const now = getState().told.sentence;
  setState({ told: { sentence: now === sentence ? `${sentence}\u00a0` : sentence, isShown } }); // the same once more is heard once more
  timer = setTimeout(() => setState({ told: CLOSED.told }), SHOWN_MS);
}
