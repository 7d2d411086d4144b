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

/** Which time is looked at: a window up to now, or a whole day such as `2026-05-01` where there is one. */
export interface Span {
  window: Window;
  day: string;
}

export type Traffic = components["schemas"]["TrafficView"];

/** A question that must not wait for the browser to say that there is a line: it would show old figures as new ones. */
const EACH_SECOND = { refetchInterval: REFRESH_MS, networkMode: "always", retry: false } as const;

function queryOf({ window, day }: Span) {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  return day ? { day, zone } : { window, zone };
}

/** How many went along each line lately. While other figures are on their way, those from before stay. */
export function useTraffic(flow: string, version: number, span: Span) {
  return useQuery({
    ...EACH_SECOND,
    queryKey: ["traffic", flow, version, span],
    placeholderData: (before: Traffic | null | undefined) => before,
    queryFn: async () => {
      const query = { ...queryOf(span), version };
      return (await api.GET("/api/v1/flows/{flow}/traffic", { params: { path: { flow }, query } })).data ?? null;
    },
  });
}

/** The latest contacts that took a line in that time. */
export function usePassages(flow: string, span: Span, step: string, exit: string) {
  return useQuery({
    ...EACH_SECOND,
    queryKey: ["passages", flow, span, step, exit],
    queryFn: async () => {
      const query = { ...queryOf(span), step, exit, limit: LATEST };
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
      ...EACH_SECOND,
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
