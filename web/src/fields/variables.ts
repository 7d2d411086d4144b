import type { Catalogue, Field } from "../api/pieces";
import type { FlowDocument } from "../graph/document";
import type { ValueType } from "./conditions";
import { isObject } from "./settle";

/** A name that conditions, formulas and texts may use. */
export interface Variable {
  name: string;
  type: ValueType;
  /** The step that keeps it; empty for what every run knows. */
  from: string;
}

const KNOWN: Record<string, ValueType> = {
  "contact.phone": "text",
  "contact.name": "text",
  "contact.tier": "text",
  "contact.language": "text",
  "contact.address": "text",
  "contact.tags": "list",
  "call.from": "text",
  "call.to": "text",
  "call.trunk": "text",
  "call.attestation": "text",
  "call.diverted_from": "text",
  "call.headers": "any",
  "message.text": "text",
  "message.channel": "text",
  "message.account": "text",
  "message.media": "any",
  "lookup.status": "text",
  now: "time",
  "flow.name": "text",
};
const OF_QUEUE: Record<string, ValueType> = { waiting: "number", longest_wait: "number", estimated_wait: "number", agents_ready: "number" };

/** What every run knows, and what it knows of these queues. */
export function knownVariables(queues: readonly string[]): Variable[] {
  const plain = Object.entries(KNOWN).map(([name, type]) => ({ name, type, from: "" }));
  const figures = queues.flatMap((queue) =>
    Object.entries(OF_QUEUE).map(([figure, type]) => ({ name: `queues.${queue}.${figure}`, type, from: "" })),
  );
  return [...plain, ...figures];
}

/** What the triggers and the steps before `step` keep, the nearest step's first. */
export function keptBefore(flow: FlowDocument, catalogue: Catalogue, step: string): Variable[] {
  const found = new Map<string, Variable>();
  const note = (variable: Variable) => found.has(variable.name) || found.set(variable.name, variable);
  for (const key of stepsBefore(flow, step)) {
    const piece = catalogue.steps[flow.steps[key]?.type ?? ""];
    for (const one of keptIn(piece?.fields ?? [], flow.steps[key]?.with ?? {}, key)) note(one);
  }
  for (const trigger of flow.triggers)
    for (const one of keptIn(catalogue.triggers[trigger.type]?.fields ?? [], trigger, "")) note(one);
  return [...found.values()];
}

/** The steps from which lines lead to `step`, directly or over others, the nearest first. */
export function stepsBefore(flow: FlowDocument, step: string): string[] {
  const found: string[] = [];
  const seen = new Set([step]);
  for (let edge = [step]; edge.length; ) {
    const before = Object.entries(flow.steps)
      .filter(([key, one]) => !seen.has(key) && Object.values(one.next ?? {}).some((to) => edge.includes(to)))
      .map(([key]) => key);
    for (const key of before) seen.add(key);
    found.push(...before);
    edge = before;
  }
  return found;
}

function keptIn(fields: readonly Field[], settings: Record<string, unknown>, from: string): Variable[] {
  return fields.flatMap((field) => keptBy(field, settings[field.name] ?? field.default, from, settings));
}

function keptBy(field: Field, value: unknown, from: string, beside: Record<string, unknown>): Variable[] {
  if (field.kind === "variable") return typeof value === "string" && value ? [{ name: value, type: typeFrom(beside.type), from }] : [];
  if (field.kind === "values") return isObject(value) ? Object.keys(value).map((name) => ({ name, type: "any", from })) : [];
  const inside = Array.isArray(value) ? value : [value];
  return inside.filter(isObject).flatMap((one) => keptIn(field.parts ?? [], one, from));
}

function typeFrom(written: unknown): ValueType {
  return written === "text" || written === "number" || written === "boolean" || written === "time" || written === "list" ? written : "any";
}

/** The type of a name; anything where nobody told. */
export function typeOf(variables: readonly Variable[], name: string): ValueType {
  return variables.find((one) => one.name === name)?.type ?? "any";
}
