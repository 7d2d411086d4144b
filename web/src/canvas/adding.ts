import { type Catalogue, catalogueNow, type Piece, titleOf, wordOf } from "../api/pieces";
import { edit, select, useEditor } from "../editing/editor";
import { firstRow } from "../fields/conditions";
import { keptBefore } from "../fields/variables";
import { addStep, lead, type Place } from "../graph/changes";
import { type Exit, type FlowDocument, inFlowOrder, type Step } from "../graph/document";
import { shownExits } from "./cards";

/** Put a step of a type at a place, and show it. What followed there follows it by the way on that its type has. */
export function add(piece: Piece, place: Place): string {
  let key = "";
  edit((flow) => {
    key = addStep(flow, fresh(piece), place, onward(piece), piece.type);
    goOnAlike(flow, place);
    goOnAlike(flow, { from: key, exit: onward(piece) ?? "" });
    askAboutKept(flow, piece, key);
  });
  useEditor.setState({ exits: { [key]: presumedExits(piece), ...useEditor.getState().exits } });
  select(key);
  return key;
}

/** A step of data asks something, and the flow goes on the same way whatever came of it, until people say otherwise: the
 *  exits that its card does not show lead where its first one does. */
export function goOnAlike(flow: FlowDocument, place: Place): void {
  const step = "from" in place ? flow.steps[place.from] : undefined;
  const piece = step && catalogueNow().steps[step.type];
  const to = "from" in place ? step?.next?.[place.exit] : undefined;
  if (!to || !("from" in place) || piece?.group !== "data" || piece.exits[0] !== place.exit) return;
  for (const exit of piece.exits) if (!step?.next?.[exit]) lead(flow, { from: place.from, exit }, to);
}

/** The first path of a new step asks about what was kept last before it, if anything was. */
function askAboutKept(flow: FlowDocument, piece: Piece, key: string): void {
  const [kept] = keptBefore(flow, catalogueNow(), key);
  const settings = flow.steps[key]?.with;
  const field = piece.fields.find((one) => one.is_required && one.kind === "paths");
  if (settings && field && kept) settings[field.name] = [{ ...FIRST_PATH, all: [firstRow(kept.name, kept.type)] }];
}

/** The exits of a new step until the server tells them, so that the next step can follow at once. */
function presumedExits(piece: Piece): Exit[] {
  return piece.exits.map((name, place) => ({ name, label: wordOf(piece, `exit.${name}`), is_seldom: place > 0 }));
}

/** Put a step where people mean it: after what is selected, else at the first way out that leads nowhere. */
export function addSomewhere(piece: Piece): void {
  add(piece, openPlace() ?? { loose: [0, 0] });
}

/** The types whose name, or else purpose, has the words that somebody typed; the nearest first. */
export function matching(catalogue: Catalogue, typed: string): Piece[] {
  const wanted = typed.trim().toLocaleLowerCase();
  const found = Object.values(catalogue.steps).map((piece) => ({ piece, far: farFrom(piece, wanted) }));
  return found
    .filter((one) => one.far < UNLIKE)
    .sort((one, other) => one.far - other.far)
    .map((one) => one.piece);
}

const UNLIKE = 3;

function farFrom(piece: Piece, wanted: string): number {
  const title = titleOf(piece, piece.type).toLocaleLowerCase();
  if (title.startsWith(wanted)) return 0;
  if (title.includes(wanted)) return 1;
  return wordOf(piece, "about").toLocaleLowerCase().includes(wanted) ? 2 : UNLIKE;
}

function fresh(piece: Piece): Step {
  const given = piece.fields.filter((field) => field.is_required && STARTS[field.kind] !== undefined);
  const settings = Object.fromEntries(given.map((field) => [field.name, structuredClone(STARTS[field.kind])]));
  return Object.keys(settings).length ? { type: piece.type, with: settings } : { type: piece.type };
}

const FIRST_PATH = { id: "path_1", name: "1" };

/** What a required field of a kind has at first: a place to write into, where nothing at all would not be seen. */
const STARTS: Record<string, unknown> = {
  paths: [{ ...FIRST_PATH, all: [] }],
  targets: [""],
};

/** The way out by which a flow usually goes on after a step of this type; null: it does not. */
export function onward(piece: Piece): string | null {
  if (piece.group === "finish") return null;
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
