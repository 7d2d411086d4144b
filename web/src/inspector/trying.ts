import type { Settings } from "../graph/document";
import { freeName, variableFrom } from "../fields/names";
import { isObject } from "../fields/settle";

/** A question to a source as a step has it, with its holes. */
export interface Question {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

export function questionOf(settings: Settings, method: string): Question {
  return {
    method: text(settings.method) || method,
    path: text(settings.path),
    query: texts(settings.query),
    headers: texts(settings.headers),
    body: text(settings.body),
  };
}

const HOLE = /\{\{(.*?)\}\}/gs;
const NAME = /(?<![\w."'])[A-Za-z]\w*(?:\.\w+)*(?!\s*\(|\w)/g;
const WORDS = new Set(["true", "false", "null", "in"]);

/** The names that a question's holes use, in their order: what has to be known to ask it. */
export function namesIn({ path, query, headers, body }: Question): string[] {
  const all = [path, ...Object.values(query), ...Object.values(headers), body];
  const holes = all.flatMap((one) => [...one.matchAll(HOLE)].map((match) => (match[1] ?? "").replace(/"[^"]*"|'[^']*'/g, '""')));
  return [...new Set(holes.flatMap((hole) => hole.match(NAME) ?? []))].filter((name) => !WORDS.has(name));
}

/** One place in an answer. */
export interface Place {
  pointer: string;
  type: string;
  value: string;
}

export interface Keeping {
  from: string;
  as: string;
  type?: string;
}

const TYPES = new Set(["text", "number", "boolean", "list"]);

/** How a place in an answer is kept: under a name that nothing else is kept under. */
export function keeping({ pointer, type }: Place, taken: readonly string[]): Keeping {
  const as = freeName(variableFrom(pointer), taken);
  return TYPES.has(type) ? { from: pointer, as, type } : { from: pointer, as };
}

/** How deep a place lies in its answer, from 0, and what it is called there. */
export function placed(pointer: string): { depth: number; name: string } {
  const parts = pointer.split("/").slice(1);
  return { depth: parts.length - 1, name: (parts.at(-1) ?? "").replaceAll("~1", "/").replaceAll("~0", "~") };
}

function text(value: unknown): string {
  return value === undefined || value === null || typeof value === "object" ? "" : String(value);
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(isObject(value) ? value : {}).map(([name, one]) => [name, text(one)]));
}
