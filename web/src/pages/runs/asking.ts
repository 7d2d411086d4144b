import type { components } from "../../api/schema";
import { plainNumber } from "../../shell/phone";

type Outcome = components["schemas"]["Outcome"];

/** How far back runs are looked for. */
export const PERIODS = ["1h", "today", "yesterday", "7d"] as const;

/** What can be asked of the run log, as it stands in the address; empty: it does not matter. */
export interface Asked {
  contact: string;
  outcome: string;
  flow: string;
  /** The type of a trigger, or `incoming_message/whatsapp` with a channel. */
  began: string;
  period: string;
}

export function askedIn(address: URLSearchParams): Asked {
  const said = (name: string) => address.get(name) ?? "";
  return { contact: said("contact"), outcome: said("outcome"), flow: said("flow"), began: said("began"), period: said("period") };
}

export interface Query {
  contact?: string;
  outcome?: Outcome;
  flow?: string;
  trigger?: string;
  channel?: string;
  after?: string;
  before?: string;
}

/** The same as the server takes it. A period ends now, but for yesterday and for a day such as `2026-05-01`. */
export function queryOf({ contact, outcome, flow, began, period }: Asked, now: Date): Query {
  const [trigger = "", channel = ""] = began.split("/");
  const [after, before] = spanOf(period, now);
  const all = { contact: plainNumber(contact), outcome, flow, trigger, channel, after: after?.toISOString() ?? "", before: before?.toISOString() ?? "" };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as Query;
}

/** What can be asked of the voicemails, as it stands in the address. */
export interface Heard {
  contact: string;
  queue: string;
  period: string;
}

export function heardIn(address: URLSearchParams): Heard {
  const said = (name: string) => address.get(name) ?? "";
  return { contact: said("contact"), queue: said("queue"), period: said("period") };
}

/** The same as the server takes it. */
export function voicemailQueryOf({ contact, queue, period }: Heard, now: Date): Partial<Record<"contact" | "queue" | "after" | "before", string>> {
  const [after, before] = spanOf(period, now);
  const all = { contact: plainNumber(contact), queue, after: after?.toISOString() ?? "", before: before?.toISOString() ?? "" };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
}

function spanOf(period: string, now: Date): [Date | null, Date | null] {
  const midnight = (away: number, from = now) => new Date(from.getFullYear(), from.getMonth(), from.getDate() + away);
  if (period === "1h") return [new Date(now.getTime() - 3_600_000), null];
  if (period === "today") return [midnight(0), null];
  if (period === "yesterday") return [midnight(-1), midnight(0)];
  if (period === "7d") return [midnight(-7), null];
  const day = /^\d{4}-\d\d-\d\d$/.test(period) ? new Date(`${period}T00:00`) : null;
  return day && !Number.isNaN(day.getTime()) ? [day, midnight(1, day)] : [null, null];
}
