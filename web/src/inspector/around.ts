import { useMemo } from "react";
import { type Piece, useCatalogue } from "../api/pieces";
import { type Issue, useEditor } from "../editing/editor";
import { useNames } from "../fields/entries";
import type { Around } from "../fields/field";
import { keptBefore, knownVariables } from "../fields/variables";

const NOWHERE: Record<string, string> = {};

/** What the fields of a step or a trigger may know of where they stand. */
export function useSurroundings(owner: string, piece: Piece | undefined, issues: readonly Issue[]): Around {
  const catalogue = useCatalogue();
  const queues = useNames("queues");
  const flow = useEditor((editor) => editor.flow);
  const next = useEditor((editor) => editor.flow.steps[owner]?.next ?? NOWHERE);
  const known = queues.join("\n");
  const variables = useMemo(() => {
    const kept = keptBefore(flow, catalogue, owner);
    const names = new Set(kept.map((one) => one.name)); // a step may keep a name that every run knows
    return [...kept, ...knownVariables(known ? known.split("\n") : []).filter((one) => !names.has(one.name))];
  }, [flow, catalogue, owner, known]);
  return useMemo(() => ({ owner, piece, issues, variables, next }), [owner, piece, issues, variables, next]);
}
