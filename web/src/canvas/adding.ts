import type { Catalogue, Piece } from "../api/pieces";
import { edit, select, useEditor } from "../editing/editor";
import { addStep, type Place } from "../graph/changes";
import { inFlowOrder, type Step } from "../graph/document";
import { shownExits } from "./cards";

/** Put a step of a type at a place, and show it. What followed there follows it by the way on that its type has. */
export function add(piece: Piece, place: Place): void {
  let key = "";
  edit((flow) => {
    key = addStep(flow, fresh(piece), place, onward(piece), piece.type);
  });
  select(key);
}

/** Put a step where people mean it: after what is selected, else at the first way out that leads nowhere. */
export function addSomewhere(piece: Piece): void {
  add(piece, openPlace() ?? { loose: [0, 0] });
}

/** The types whose name or purpose has the words somebody typed, in the order of their groups. */
export function matching(catalogue: Catalogue, typed: string, say: (piece: Piece) => string): Piece[] {
  const wanted = typed.trim().toLocaleLowerCase();
  return Object.values(catalogue.steps).filter((piece) => say(piece).toLocaleLowerCase().includes(wanted));
}

function fresh(piece: Piece): Step {
  const given = piece.fields.filter((field) => field.is_required && STARTS[field.kind] !== undefined);
  const settings = Object.fromEntries(given.map((field) => [field.name, structuredClone(STARTS[field.kind])]));
  return Object.keys(settings).length ? { type: piece.type, with: settings } : { type: piece.type };
}

/** What a required field of a kind has at first, where nothing at all would not show on the card. */
const STARTS: Record<string, unknown> = {
  paths: [{ id: "path_1", name: "1", all: [] }],
};

/** The way out by which a flow usually goes on after a step of this type; null: it does not. */
function onward(piece: Piece): string | null {
  if (piece.group === "finish") return null;
  if (piece.exits.includes("else")) return "else";
  return piece.exits.at(0) ?? null;
}

function openPlace(): Place | null {
  const { flow, exits, selected } = useEditor.getState();
  if (!flow.start) return { start: true };
  const keys = selected && flow.steps[selected] ? [selected, ...inFlowOrder(flow, exits)] : inFlowOrder(flow, exits);
  for (const key of keys) {
    const step = flow.steps[key];
    const open = step && shownExits(key, step, exits).find((exit) => !step.next?.[exit]);
    if (open !== undefined) return { from: key, exit: open };
  }
  return null;
}
