import type { Piece } from "../../../api/pieces";
import { valuesOf } from "../../../fields/conditions";
import { isObject } from "../../../fields/settle";
import type { FlowDocument } from "../../../graph/document";

/** What a source says in a test. `answer` is JSON as it is written; it counts only while `does` is `ok`. */
export interface Pretended {
  does: Does;
  answer: string;
}

export const DOES = ["ok", "not_found", "timeout", "error"] as const;
export type Does = (typeof DOES)[number];

/** A source that the flow asks, and what it keeps of its answers: the place and the variable. */
export interface Asked {
  source: string;
  keeps: { pointer: string; variable: string }[];
}

/** Every source that steps of the flow ask, in the order of the file. */
export function askedSources(flow: FlowDocument, pieces: Record<string, Piece>): Asked[] {
  const found = new Map<string, Map<string, string>>();
  for (const step of Object.values(flow.steps)) {
    const fields = pieces[step.type]?.fields ?? [];
    for (const field of fields.filter((one) => one.kind === "source")) {
      const source = step.with?.[field.name];
      if (typeof source !== "string" || !source) continue;
      const keeps = found.get(source) ?? new Map<string, string>();
      for (const one of fields.filter((other) => other.kind === "keep"))
        for (const [pointer, variable] of keptIn(step.with?.[one.name])) keeps.set(pointer, variable);
      found.set(source, keeps);
    }
  }
  return [...found].map(([source, keeps]) => ({ source, keeps: [...keeps].map(([pointer, variable]) => ({ pointer, variable })) }));
}

function keptIn(settings: unknown): [string, string][] {
  const items = Array.isArray(settings) ? settings.filter(isObject) : [];
  return items.flatMap(({ from, as }) => (typeof from === "string" && from.startsWith("/") && typeof as === "string" ? [[from, as] as [string, string]] : []));
}

/** The values that conditions of the flow compare a variable with, in their order: what is worth pretending. */
export function comparedWith(flow: FlowDocument, variable: string): string[] {
  const found = new Set<string>();
  const look = (inside: unknown): void => {
    if (Array.isArray(inside)) return inside.forEach(look);
    if (!isObject(inside)) return;
    if (inside.variable === variable) for (const one of valuesOf(inside.value)) found.add(String(one));
    Object.values(inside).forEach(look);
  };
  for (const step of Object.values(flow.steps)) look(step.with);
  return [...found];
}

/** The JSON in `text`; undefined when it is none. Nothing written is null. */
export function readJson(text: string): unknown {
  if (!text.trim()) return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The names on the way to a place (RFC 6901). */
function namesOf(pointer: string): string[] {
  return pointer.split("/").slice(1).map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What stands at a place of the JSON in `text`, as people write it; empty when nothing does. */
export function valueAt(text: string, pointer: string): string {
  let inside = readJson(text);
  for (const name of namesOf(pointer)) inside = isObject(inside) || Array.isArray(inside) ? (inside as Record<string, unknown>)[name] : undefined;
  if (inside === undefined || inside === null) return "";
  return typeof inside === "string" ? inside : JSON.stringify(inside);
}

/** The JSON in `text` with this value at a place; numbers, true and false are told from texts. Empty: nothing there. */
export function withValue(text: string, pointer: string, value: string): string {
  const whole = readJson(text);
  const changed = put(isObject(whole) || Array.isArray(whole) ? whole : {}, namesOf(pointer), value);
  return JSON.stringify(changed, null, 2);
}

function put(inside: unknown, [name, ...others]: string[], value: string): unknown {
  if (name === undefined) return typed(value);
  const before: Record<string, unknown> = isObject(inside) ? inside : {};
  if (Array.isArray(inside)) {
    const items: unknown[] = [...inside];
    items[Number(name)] = put(items[Number(name)], others, value);
    return items;
  }
  const { [name]: old, ...rest } = before;
  return value === "" && others.length === 0 ? rest : { ...before, [name]: put(old, others, value) };
}

function typed(value: string): unknown {
  return /^(true|false|-?(0|[1-9]\d*)(\.\d+)?)$/.test(value) ? JSON.parse(value) : value;
}
