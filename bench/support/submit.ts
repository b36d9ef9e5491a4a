import type { HttpClient } from "./http-client.ts";
import { address, submission } from "./words.ts";
import { ORIGIN, SITE } from "./world.ts";

const ARTICLES = 50;

/** Sends the n-th comment of the n-th reader; its id, or null when it was not accepted. */
export async function submit(client: HttpClient, n: number, caller: number): Promise<string | null> {
  const { status, body } = await client.call(caller, {
    method: "POST",
    path: `/v1/sites/${SITE}/comments`,
    json: submission(n, `${ORIGIN}/article-${n % ARTICLES}`),
    headers: { "x-forwarded-for": address(n) },
  });
  return status === 202 ? (JSON.parse(body) as { id: string }).id : null;
}
