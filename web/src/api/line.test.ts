import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Line, pauseBefore, type Socket } from "./line";

class Wire implements Socket {
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  sent: object[] = [];
  isClosed = false;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.isClosed = true;
  }
  tell(topic: string, data: object) {
    this.onmessage?.({ data: JSON.stringify({ topic, seq: 1, data }) });
  }
}

let wires: Wire[];
let asked: string[][];
let isDown: boolean;
const line = () =>
  new Line(
    async (topics) => {
      asked.push(topics);
      if (isDown) throw new Error("down");
      const wire = new Wire();
      wires.push(wire);
      return wire;
    },
    () => 0,
  );

beforeEach(() => {
  vi.useFakeTimers();
  wires = [];
  asked = [];
  isDown = false;
});
afterEach(() => vi.useRealTimers());

test("pauses grow from one second to thirty, and differ from page to page", () => {
  expect([0, 1, 2, 9].map((tries) => pauseBefore(tries, 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
  expect(pauseBefore(9, 0)).toBe(15_000);
  expect(pauseBefore(0, 0)).toBe(1_000);
});

test("all who listen share one connection, and each hears of its topic alone", async () => {
  const one = line();
  const drafts = vi.fn();
  const editors = vi.fn();
  one.listen("drafts/loyalty", { hear: drafts });
  one.listen("editors/loyalty", { hear: editors });
  await vi.advanceTimersByTimeAsync(0);
  expect(wires).toHaveLength(1);
  expect([asked[0], wires[0]?.sent[0]]).toEqual([["drafts/loyalty"], { subscribe: ["editors/loyalty"] }]);
  wires[0]?.tell("drafts", { revision: 2 });
  expect(drafts).toHaveBeenCalledWith({ revision: 2 });
  expect(editors).not.toHaveBeenCalled();
});

test("a lost line comes back with all topics, says again what was said, and tells that something was missed", async () => {
  const one = line();
  const anew = vi.fn();
  one.listen("editors/loyalty", { hear: () => {}, anew });
  await vi.advanceTimersByTimeAsync(0);
  one.say("editors/loyalty", { step: "tier" });
  isDown = true;
  wires[0]?.onclose?.();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(2);
  isDown = false;
  await vi.advanceTimersByTimeAsync(2_000);
  wires[1]?.tell("live", { kind: "subscribed", editor: "e2" });
  expect(anew).toHaveBeenCalledWith("e2");
  expect(wires[1]?.sent).toEqual([{ topic: "editors/loyalty", data: { step: "tier" } }]);
});

test("silence is a lost line, and nobody who listens is none", async () => {
  const one = line();
  const stop = one.listen("queues", { hear: () => {} });
  await vi.advanceTimersByTimeAsync(46_000);
  expect([wires.length, wires[0]?.isClosed]).toEqual([2, true]);
  stop();
  await vi.advanceTimersByTimeAsync(100_000);
  expect([wires.length, wires[1]?.isClosed]).toEqual([2, true]);
});
