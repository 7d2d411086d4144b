import { type Exits, type FlowDocument, inFlowOrder, type Step } from "./document";

/** A step that was found, and the text of its settings in which it was; empty: by what it is called. */
export interface Found {
  key: string;
  where: string;
}

/** The steps of which the name, the type, the key or anything in their settings (a variable, a queue) has what somebody
 *  typed; those that are called so first, and then in the order of the flow. */
export function findSteps(flow: FlowDocument, exits: Exits, typed: string, titleOf: (type: string) => string): Found[] {
  const wanted = typed.trim().toLocaleLowerCase();
  const found = inFlowOrder(flow, exits).flatMap((key) => {
    const near = nearness(key, flow.steps[key] ?? { type: "" }, wanted, titleOf);
    return near ? [{ key, ...near }] : [];
  });
  return found.sort((one, other) => one.far - other.far).map(({ key, where }) => ({ key, where }));
}

function nearness(key: string, step: Step, wanted: string, titleOf: (type: string) => string): { far: number; where: string } | null {
  const has = (text: string) => text.toLocaleLowerCase().includes(wanted);
  const called = [step.name || titleOf(step.type), titleOf(step.type), key].findIndex(has);
  if (called >= 0) return { far: called, where: "" };
  const where = textsOf(step.with).find(has);
  return where === undefined ? null : { far: 3, where };
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(textsOf);
}
