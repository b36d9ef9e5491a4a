import type { App } from "../../src/http/app.ts";

/** What the answers of the review endpoint may hold; each has some of it. */
type Body = {
  comments: { id: string; version: number; explanation: string }[];
  decisions: { id: string }[];
  decisionId: string;
  check: { trace: unknown[] };
  counts: Record<string, number> | null;
  errors: { path: string }[];
  reasons: unknown[];
  paths: Record<string, { get: { parameters: { name: string; in: string; schema: unknown }[] } }>;
};

type Answer = { status: number; headers: Headers; body: Body };
export type Send = (
  method: string,
  path: string,
  options?: { token?: string | null; json?: unknown },
) => Promise<Answer>;

/** Requests with a moderator's token, unless told otherwise. */
export function createSend(app: App, ownToken: string): Send {
  return async (method, path, { token = ownToken, json } = {}) => {
    const headers = new Headers();
    if (token !== null) headers.set("Authorization", `Bearer ${token}`);
    if (json !== undefined) headers.set("Content-Type", "application/json");
    const body = json === undefined ? null : JSON.stringify(json);
    const response = await app.request(path, { method, headers, body });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  };
}

export const decisionUrl = (id: string) => `/v1/review/comments/${id}/decision`;
