import type { Exits, FlowDocument } from "./document";

/** The loyalty flow, for tests: a look-up, a branch of three paths, two queues. */
export function loyaltyFlow(): FlowDocument {
  return {
    format: 1,
    name: "Loyalty line",
    triggers: [{ type: "incoming_call", numbers: ["+31201234567"] }],
    start: "look_up",
    steps: {
      look_up: { type: "fetch_variables", next: { found: "tier", not_found: "tier", failed: "tier" } },
      tier: { type: "branch", next: { vip: "to_vip", silver: "to_silver", else: "to_general" } },
      to_vip: { type: "add_to_queue", with: { queue: "vip" }, next: { overflowed: "to_general" } },
      to_silver: { type: "add_to_queue", with: { queue: "silver" } },
      to_general: { type: "add_to_queue", with: { queue: "general" } },
    },
  };
}

export const LOYALTY_EXITS: Exits = {
  look_up: named("found", "not_found", "failed"),
  tier: named("vip", "silver", "else"),
  to_vip: named("answered", "overflowed", "failed"),
  to_silver: named("answered", "overflowed", "failed"),
  to_general: named("answered", "overflowed", "failed"),
};

function named(...names: string[]) {
  return names.map((name) => ({ name, label: name, is_seldom: false }));
}
