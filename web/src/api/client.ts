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

/** The token that proves that a change comes from this page; the server gives it with the session. */
export function proveWith(csrf: string): void {
  token = csrf;
}

const proving: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", i18next.language);
    if (request.method !== "GET" && token) request.headers.set("X-CSRF-Token", token);
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const told: Record<string, unknown> = await response
      .clone()
      .json()
      .catch(() => ({}));
    throw new Problem(response.status, String(told.code ?? "unknown"), String(told.detail ?? response.statusText), told);
  },
};

/** The server's API, typed from its OpenAPI description; the app may be mounted below any path. */
export const api = createClient<paths>({ baseUrl: new URL(".", document.baseURI).href.replace(/\/$/, "") });
api.use(proving);

export const questions = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, why) => failures < 2 && !(why instanceof Problem && why.status < 500),
      staleTime: 5_000,
    },
  },
});
