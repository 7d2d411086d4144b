import { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./schema";

/** What the server says when it does not do as asked (RFC 9457). `code` is stable, `detail` is for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** Whatever else the server told. */
    readonly more: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

let token = "";
const PROOF = "X-CSRF-Token";

/** Asks anew who is signed in; gives whether it is the same person still. */
let askWho: () => Promise<boolean> = async () => false;

/** Have it asked anew who is signed in, when an answer says that it is another, or nobody any more. */
export function whenStrange(ask: () => Promise<boolean>): void {
  askWho = ask;
}

/** The token that proves that a change comes from this page; the server gives it with the session. */
export function proveWith(csrf: string): void {
  token = csrf;
}

const NOBODY = "unauthorised";
const NO_PROOF = "no_proof";
const SESSION = "/api/v1/session";

/** Ask the server. Whoever signed in anew in another tab has a new token: with it the same is asked once more. */
async function asSomebody(request: Request): Promise<Response> {
  const again = request.method === "GET" ? null : request.clone();
  const answer = await fetch(request).catch(asUnreachable);
  if (answer.status !== 401 && answer.status !== 403) return answer;
  const { code } = (await answer.clone().json().catch(() => ({}))) as { code?: string };
  if (code === NOBODY && !new URL(request.url).pathname.endsWith(SESSION)) void askWho().catch(() => false);
  if (code !== NO_PROOF || !again || !(await askWho().catch(() => false))) return answer;
  again.headers.set(PROOF, token);
  return fetch(again).catch(asUnreachable);
}

/** Browsers say of each line that is cut that it "failed to fetch", in English. */
function asUnreachable(why: unknown): never {
  throw why instanceof TypeError ? new Problem(503, "unreachable", i18next.t("app.away")) : why;
}

const proving: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", i18next.language);
    if (request.method !== "GET" && token) request.headers.set(PROOF, token);
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const told: Record<string, unknown> = await response
      .clone()
      .json()
      .catch(() => ({}));
    const code = String(told.code ?? "unknown");
    const detail = code === NOBODY ? i18next.t("app.not_in") : String(told.detail ?? response.statusText);
    throw new Problem(response.status, code, detail || `HTTP ${response.status}`, told);
  },
};

/** The server's API, typed from its OpenAPI description; the app may be mounted below any path. */
export const api = createClient<paths>({ baseUrl: new URL(".", document.baseURI).href.replace(/\/$/, ""), fetch: asSomebody });
api.use(proving);

export const questions = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, why) => failures < 2 && !(why instanceof Problem && why.status < 500),
      staleTime: 5_000,
    },
  },
});
