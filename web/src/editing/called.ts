import { type Catalogue, exitWord, titleOf } from "../api/pieces";
import type { Exits, FlowDocument } from "../graph/document";

/** What people call a step: as somebody wrote, else by its type in the language of the page. */
export function stepCalled({ steps }: Pick<FlowDocument, "steps">, catalogue: Catalogue, key: string): string {
  const step = steps[key];
  return step ? step.name || titleOf(catalogue.steps[step.type], step.type) : key;
}

/** What people call a way out of a step. */
export function exitCalled({ steps }: Pick<FlowDocument, "steps">, exits: Exits, catalogue: Catalogue, key: string, exit: string): string {
  const found = exits[key]?.find((one) => one.name === exit);
  return found ? exitWord(catalogue.steps[steps[key]?.type ?? ""], found) : exit;
}
