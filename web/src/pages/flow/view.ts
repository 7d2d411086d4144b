import { create } from "zustand";
import { select } from "../../editing/editor";

export type Mode = "edit" | "test";

/** Two states of the flow: a version, and a later one or the draft (null). */
export interface Compared {
  before: number;
  after: number | null;
}

interface View {
  mode: Mode;
  hasVersions: boolean;
  compared: Compared | null;
  /** The step of a difference that somebody looks at; empty: none. */
  pointed: string;
}

/** What of the flow's page is open. */
export const useView = create<View>(() => ({ mode: "edit", hasVersions: false, compared: null, pointed: "" }));

/** Edit the flow, or test it. */
export function show(mode: Mode): void {
  useView.setState({ mode, hasVersions: false, compared: null });
}

/** Open the versions, or close them. */
export function showVersions(hasVersions: boolean): void {
  if (hasVersions) show("edit");
  useView.setState({ hasVersions, compared: null });
}

/** Show on the canvas what differs between two states of the flow; null: the flow itself again. */
export function compare(compared: Compared | null): void {
  select(null);
  useView.setState({ mode: "edit", compared, pointed: "" });
}

/** Look at a step of the difference. */
export function point(step: string): void {
  useView.setState({ pointed: step });
}
