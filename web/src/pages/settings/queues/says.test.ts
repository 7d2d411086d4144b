import { expect, test } from "vitest";
import { sayingsOf } from "./says";

const TIERS = [
  { name: "gold", target: "20s" },
  { name: "silver", target: "30s" },
  { name: "standard", target: "1m", max_wait: "5m" },
];
const first = (queue: object, tiers = TIERS) => sayingsOf(queue as never, tiers)[0];

test("by share of the target, whoever used theirs up passes those who did not", () => {
  expect(first({})).toEqual({ key: "target_ratio", of: { high: "gold", low: "standard" }, seconds: { waited: 20, passes: 60 } });
});

test("targets decide which tiers are furthest apart where the order follows them, else the order they are written in", () => {
  const mixed = [...TIERS, { name: "urgent", target: "5s" }];
  expect(first({}, mixed)?.of).toEqual({ high: "urgent", low: "standard" });
  expect(first({ policy: "strict" }, mixed)?.of).toEqual({ high: "gold", low: "urgent" });
});

test("by due time, the difference of the targets is the time by which one tier passes the other", () => {
  expect(first({ policy: "due_time" })).toEqual({ key: "head_start", of: { high: "gold", low: "standard" }, seconds: { passes: 40 } });
});

test("a head start passes those who came that much earlier, whichever tier has it", () => {
  expect(first({ policy: "head_start", head_starts: { gold: "4m" } })).toEqual({ key: "head_start", of: { high: "gold", low: "standard" }, seconds: { passes: 240 } });
  expect(first({ policy: "head_start", head_starts: { standard: "1m" } })?.of).toEqual({ high: "standard", low: "gold" });
  expect(first({ policy: "head_start" })?.key).toBe("fifo");
});

test("the higher tier always passes where the order is strict, and nobody where it is that of arrival", () => {
  expect(first({ policy: "strict" })?.key).toBe("strict");
  expect(first({ policy: "reserve" })?.key).toBe("strict");
  expect(sayingsOf({ policy: "fifo" }, TIERS).map((one) => one.key)).toEqual(["fifo"]);
});

test("a maximum wait counts as it is set, as ten targets when it is not, and never when it is zero", () => {
  const capped = (tier: object) => sayingsOf({ fair_lane: 0 }, [{ name: "low", target: "30s", ...tier }]).map((one) => one.seconds.wait);
  expect(capped({ max_wait: "5m" })).toEqual([300]);
  expect(capped({})).toEqual([300]);
  expect(capped({ target: "1m" })).toEqual([600]);
  expect(capped({ max_wait: "0s" })).toEqual([]);
});

test("the fair lane and the overflow are told when there are any", () => {
  expect(sayingsOf({ fair_lane: 5, overflow: { after: "2m", to: "general" } }, []).map((one) => one.key)).toEqual(["lane", "overflow_to"]);
  expect(sayingsOf({ fair_lane: 0, overflow: { after: "2m" } }, [])).toEqual([{ key: "overflow", of: {}, seconds: { after: 120 } }]);
  expect(sayingsOf({ fair_lane: 0 }, [])).toEqual([]);
});
