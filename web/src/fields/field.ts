import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";
import { type Field, type Piece, wordOf } from "../api/pieces";
import type { Issue } from "../editing/editor";
import type { FlowDocument } from "../graph/document";
import { issuesAt, issuesWithin, type Path, told } from "./issues";
import type { Variable } from "./variables";

/** What every field is drawn from. */
export interface FieldProps {
  field: Field;
  /** What is written; undefined: nothing is, and the field's default holds. */
  value: unknown;
  onChange: Change;
  path: Path;
}

/**
 * Write another value; undefined takes it out. Typing that goes on has the same `fold`; `besides` is done to the flow in
 * the same gesture.
 */
export type Change = (value: unknown, fold?: string, besides?: (flow: FlowDocument) => void) => void;

/** What fields may know of where they stand. */
export interface Around {
  /** The step's key, or that of the triggers. */
  owner: string;
  piece: Piece | undefined;
  issues: readonly Issue[];
  variables: readonly Variable[];
  /** Where the step's exits lead. */
  next: Readonly<Record<string, string>>;
  /** The entry of the workspace that the fields are of, by its name; undefined: they are of a flow. */
  entry?: string;
}

export const Surroundings = createContext<Around>({ owner: "", piece: undefined, issues: [], variables: [], next: {} });
export const useAround = () => useContext(Surroundings);

/** The code of the issue that a field is required and has nothing; the server tells it as those read it who write files. */
const MISSING = "missing_key";

/** What a field is called, and what is wrong with it, as inputs of the kit take them. A field whose parts tell their own
 *  mistakes takes those of itself alone. */
export function useInput(field: Field, path: Path, tellsParts = false) {
  const { piece, issues } = useAround();
  const { t } = useTranslation();
  const here = (tellsParts ? issuesAt : issuesWithin)(issues, path);
  const most = typeof field.most_seconds === "number" ? t("field.at_most_seconds", { count: field.most_seconds }) : hintOf(piece, field);
  return { label: labelOf(piece, field), error: here.map((issue) => (issue.code === MISSING ? t("field.missing") : told(issue))).join(" ") || null, description: most ?? null };
}

/** What a piece says of a field besides its label; most say nothing. */
function hintOf(piece: Piece | undefined, field: Field): string | undefined {
  const key = `${field.label}.about`;
  const word = wordOf(piece, key);
  return word === key ? undefined : word;
}

export function labelOf(piece: Piece | undefined, field: Field): string {
  return field.label ? wordOf(piece, field.label) : field.name;
}

/** Whether what is written is something that one line of text can show. */
export function isScalar(value: unknown): boolean {
  return value === undefined || value === null || typeof value !== "object";
}

/** A scalar as it is shown in an input. */
export function shown(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

/** The default as a hint in an empty input. */
export function hint(field: Field): string | undefined {
  return isScalar(field.default) && shown(field.default) ? shown(field.default) : undefined;
}
