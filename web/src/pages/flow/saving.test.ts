import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { edit, type Opened, useEditor } from "../../editing/editor";
import type { FlowDocument } from "../../graph/document";

vi.stubGlobal("document", { baseURI: "http://here/" });
vi.stubGlobal("window", new EventTarget());

const { giveUpRest, openFlow, readAgain, Unsaved } = await import("./saving");

/** A server with a few flows; `before` is done before it answers, and may throw what the line does. */
const server = {
  flows: {} as Record<string, Opened>,
  /** How many came in. */
  patches: 0,
  before: async (_asked: string): Promise<Response | void> => {},
};

function drawn(name: string): FlowDocument {
  return { format: 1, name, triggers: [], start: "hello", steps: { hello: { type: "say", with: { text: "Hello" } } } };
}

function flowOf(key: string): Opened {
  return { flow: key, revision: 1, live_version: null, document: drawn(key), issues: [], exits: {} };
}

async function answer(request: Request): Promise<Response> {
  const [, key = "", what = ""] = /flows\/(\w+)\/(\w+)/.exec(request.url) ?? [];
  const special = await server.before(`${what} ${key}`);
  if (special) return special;
  const flow = server.flows[key];
  if (!flow) return Response.json({ code: "no_flow", detail: `There is no flow ${key}.` }, { status: 404 });
  if (what === "patches") {
    const wish = (await request.json()) as { patches: { path: string[]; value: string }[] };
    flow.revision += 1;
    server.patches += wish.patches.length;
    for (const { path, value } of wish.patches) if (path[0] === "name") flow.document = { ...flow.document, name: value };
  }
  return Response.json(flow);
}

const now = () => useEditor.getState();
const rename = (name: string) => edit((flow) => void (flow.name = name));
const refusal = (status: number, detail: string) => Response.json({ code: "bad_patches", detail }, { status });

beforeEach(async () => {
  vi.stubGlobal("fetch", (request: Request) => answer(request));
  vi.useFakeTimers();
  server.flows = { day: flowOf("day"), night: flowOf("night"), rest: flowOf("rest") };
  server.before = async () => {};
  server.patches = 0;
  await openFlow("rest");
  await openFlow("day");
});

afterEach(async () => {
  server.before = async () => {};
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
});

test("a flow that comes after somebody has left its page takes no other's place", async () => {
  let isLeft = false;
  server.before = async (asked) => void (asked === "document night" && (await new Promise((later) => setTimeout(later, 1_000))));
  const slow = openFlow("night", () => isLeft);
  isLeft = true;
  await openFlow("day");
  await vi.advanceTimersByTimeAsync(2_000);
  await slow;
  expect(now().key).toBe("day");
});

test("work that is not saved keeps another flow from taking its place", async () => {
  server.before = async (asked) => void (asked.startsWith("patches") && (await Promise.reject(new TypeError("away"))));
  rename("Day line");
  await expect(openFlow("night")).rejects.toBeInstanceOf(Unsaved);
  expect([now().key, now().flow.name, now().saving]).toEqual(["day", "Day line", "offline"]);
});

test("work goes on to the server when nobody looks at its page any more", async () => {
  server.before = async (asked) => void (asked.startsWith("patches") && (await Promise.reject(new TypeError("away"))));
  rename("Day line");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(now().saving).toBe("offline");
  server.before = async () => {};
  await vi.advanceTimersByTimeAsync(4_000);
  expect([server.flows.day?.document.name, now().saving]).toEqual(["Day line", "saved"]);
});

test("a server that says nothing is asked again after a while", async () => {
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const limit = new AbortController();
    setTimeout(() => limit.abort(new DOMException("too slow", "TimeoutError")), ms);
    return limit.signal;
  });
  vi.stubGlobal("fetch", (request: Request) => new Promise((_, fail) => request.signal.addEventListener("abort", () => fail(request.signal.reason))));
  rename("Day line");
  await vi.advanceTimersByTimeAsync(21_000);
  expect(now().saving).toBe("offline");
  vi.stubGlobal("fetch", (request: Request) => answer(request));
  await vi.advanceTimersByTimeAsync(4_000);
  expect(now().saving).toBe("saved");
});

test("what the server does not take is told and not sent over and over, until it is changed", async () => {
  let asks = 0;
  server.before = async (asked) => (asked.startsWith("patches") ? (asks++, refusal(422, "Too long.")) : undefined);
  rename("Far too long");
  await vi.advanceTimersByTimeAsync(20_000);
  expect([now().saving, now().refusal, asks]).toEqual(["refused", "Too long.", 1]);
  server.before = async () => {};
  rename("Day line");
  await vi.advanceTimersByTimeAsync(1_000);
  expect([now().saving, server.flows.day?.document.name]).toEqual(["saved", "Day line"]);
});

test("a flow is read anew only once it is known whether what was sent arrived", async () => {
  server.before = async (asked) => void (asked.startsWith("patches") && (await new Promise((later) => setTimeout(later, 1_000))));
  edit((flow) => void flow.triggers.push({ type: "webhook" }));
  await vi.advanceTimersByTimeAsync(500);
  const read = readAgain("day");
  await vi.advanceTimersByTimeAsync(3_000);
  await read;
  expect([server.patches, now().saving]).toEqual([1, "saved"]);
});

test("work on a flow that was deleted meanwhile is told, and once it is given up another flow opens", async () => {
  delete server.flows.day;
  rename("Day line");
  await vi.advanceTimersByTimeAsync(1_000);
  expect([now().saving, now().refusal]).toEqual(["refused", "There is no flow day."]);
  await expect(openFlow("night")).rejects.toBeInstanceOf(Unsaved);
  expect(await giveUpRest("day")).toBe(false);
  await openFlow("night");
  expect(now().key).toBe("night");
});
