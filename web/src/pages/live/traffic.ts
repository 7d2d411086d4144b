import { useQueries, useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { type Catalogue, useCatalogue } from "../../api/pieces";
import type { components } from "../../api/schema";
import { readDuration, secondsOf } from "../../fields/durations";
import { useEntries } from "../../fields/entries";
import type { FlowDocument } from "../../graph/document";

export const WINDOWS = ["15m", "1h", "today"] as const;
export type Window = (typeof WINDOWS)[number];

const REFRESH_MS = 1_000;
const LATEST = 20;

/** How many went along each line lately. */
export function useTraffic(flow: string, version: number, window: Window) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return useQuery({
    queryKey: ["traffic", flow, version, window],
    refetchInterval: REFRESH_MS,
    queryFn: async () =>
      (await api.GET("/api/v1/flows/{flow}/traffic", { params: { path: { flow }, query: { window, zone, version } } })).data ?? null,
  });
}

/** The latest contacts that took a line. */
export function usePassages(flow: string, step: string, exit: string) {
  return useQuery({
    queryKey: ["passages", flow, step, exit],
    refetchInterval: REFRESH_MS,
    queryFn: async () => {
      const query = { step, exit, limit: LATEST };
      return (await api.GET("/api/v1/flows/{flow}/passages", { params: { path: { flow }, query } })).data ?? [];
    },
  });
}

export type QueueState = components["schemas"]["QueueStateView"];

/** The queues of a flow's steps as they are now, by step. */
export function useQueueStates(flow: FlowDocument): Record<string, QueueState> {
  const byStep = queuesIn(flow, useCatalogue());
  const names = [...new Set(Object.values(byStep))].sort();
  const states = useQueries({
    queries: names.map((name) => ({
      queryKey: ["queue_state", name],
      refetchInterval: REFRESH_MS,
      queryFn: async () => (await api.GET("/api/v1/queues/{name}/state", { params: { path: { name } } })).data ?? null,
    })),
  });
  const known = Object.entries(byStep).flatMap(([step, name]): [string, QueueState][] => {
    const state = states[names.indexOf(name)]?.data;
    return state ? [[step, state]] : [];
  });
  return Object.fromEntries(known);
}

/** Which queue each step leads to, by the kinds of its fields: nobody here knows step types. */
export function queuesIn(flow: FlowDocument, catalogue: Catalogue): Record<string, string> {
  const found = Object.entries(flow.steps).flatMap(([key, step]): [string, string][] => {
    const fields = catalogue.steps[step.type]?.fields ?? [];
    const names = fields.filter((field) => field.kind === "queue").map((field) => step.with?.[field.name]);
    const [name] = names.filter((one): one is string => typeof one === "string" && one !== "" && !one.includes("{"));
    return name ? [[key, name]] : [];
  });
  return Object.fromEntries(found);
}

/** How long each tier should wait at most, in seconds. */
export function useTargets(): Record<string, number> {
  const told = useEntries("tiers").flatMap((tier): [string, number][] => {
    const target = readDuration(tier.target);
    return target ? [[String(tier.name), secondsOf(target)]] : [];
  });
  return Object.fromEntries(told);
}
