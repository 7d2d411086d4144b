import type { Field, Piece } from "../../../api/pieces";
import type { Entry } from "../../../fields/entries";
import { isObject } from "../../../fields/settle";
import { answerField } from "../../../inspector/TestRequest";

/** What of a step that asks a source is drawn to try a source: what it asks. */
const ASKED = ["method", "path", "query", "body"];

/** The step whose words and fields a question is drawn with. */
export function askingPiece(steps: Record<string, Piece>): Piece | undefined {
  return Object.values(steps).find((piece) => answerField(piece) !== null && piece.fields.some((field) => field.kind === "path"));
}

/** The questions that a source has of its own, by name; it is asked by one of them. */
export function ownQuestions(entry: Entry): string[] {
  return isObject(entry.questions) ? Object.keys(entry.questions).filter((name) => name !== "") : [];
}

/** The fields that are in sight while a source is tried. Those who know contacts by number or address take no path; a
 *  body goes with methods that send one. */
export function fieldsToTry(piece: Piece, group: string, entry: Entry, method: unknown): Field[] {
  const hasQuestions = ownQuestions(entry).length > 0;
  return ASKED.flatMap((name) => piece.fields.find((field) => field.name === name) ?? []).filter(({ name }) => {
    if (name === "query") return true;
    if (group === "crm" || hasQuestions) return false;
    return name !== "body" || !["GET", "HEAD", undefined].includes(method as string | undefined);
  });
}

/** What is asked at first: contact systems are asked by number. */
export function firstQuestion(group: string): Record<string, unknown> {
  return group === "crm" ? { query: { phone: "{{ contact.phone }}" } } : {};
}
