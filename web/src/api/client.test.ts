import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.stubGlobal("document", { baseURI: "http://localhost/app/" }); // the client asks the page where it is
const { api, proveWith, whenStrange } = await import("./client");

const REFUSED = { status: 403, headers: { "Content-Type": "application/problem+json" } };
const body = { name: "eva", role: "editor", agent: "" } as const;
let sent: { token: string | null; said: unknown }[];

/** A server that takes changes with this token alone. */
function serve(token: string) {
  vi.stubGlobal("fetch", async (request: Request) => {
    const shown = request.headers.get("X-CSRF-Token");
    sent.push({ token: shown, said: await request.json() });
    if (shown === token) return Response.json({ link: "made" });
    return new Response(JSON.stringify({ code: "no_proof", detail: "Send the token." }), REFUSED);
  });
}

beforeEach(() => {
  sent = [];
  proveWith("old");
});
afterEach(() => vi.unstubAllGlobals());

test("who signed in anew in another tab goes on with the new token, and says the same once more", async () => {
  serve("new");
  whenStrange(async () => (proveWith("new"), true));
  const { data } = await api.POST("/api/v1/users", { body });
  expect(data).toEqual({ link: "made" });
  expect(sent).toEqual([
    { token: "old", said: body },
    { token: "new", said: body },
  ]);
});

test("nothing is done once more in the name of somebody else", async () => {
  serve("new");
  whenStrange(async () => false);
  await expect(api.POST("/api/v1/users", { body })).rejects.toMatchObject({ status: 403, code: "no_proof" });
  expect(sent).toHaveLength(1);
});

test("an ended session is noticed by whatever is asked next, but by the question who is signed in itself", async () => {
  const ask = vi.fn(async () => false);
  whenStrange(ask);
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ code: "unauthorised" }), { status: 401 }));
  await expect(api.GET("/api/v1/session")).rejects.toMatchObject({ status: 401 });
  expect(ask).not.toHaveBeenCalled();
  await expect(api.GET("/api/v1/users")).rejects.toMatchObject({ status: 401 });
  expect(ask).toHaveBeenCalledOnce();
});

test("a line that is cut is told as one that can be tried again", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("Failed to fetch");
  });
  await expect(api.GET("/api/v1/users")).rejects.toMatchObject({ status: 503, code: "unreachable" });
});
