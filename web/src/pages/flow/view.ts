import { create } from "zustand";

export type Mode = "edit" | "test";

interface View {
  mode: Mode;
  hasVersions: boolean;
}

/** What of the flow's page is open. */
export const useView = create<View>(() => ({ mode: "edit", hasVersions: false }));

/** Edit the flow, or test it. */
export function show(mode: Mode): void {
  useView.setState({ mode, hasVersions: false });
}

/** Open the versions, or close them. */
export function showVersions(hasVersions: boolean): void {
  if (hasVersions) show("edit");
  useView.setState({ hasVersions });
}
