import type { Context } from "../../../src/context.ts";
import type { CheckName } from "../../../src/moderation/external/external-check.ts";
import { checkInputSchema, putCheck } from "../../../src/moderation/external/put-check.ts";
import {
  type Sample,
  sampleSchema,
  type Tried,
  tryCheck,
} from "../../../src/moderation/external/try-check.ts";
import type { Site } from "../../../src/sites/site.ts";
import { openTestContext, type TestContextOptions } from "../../support/context.ts";

/** What an operator sets who lets sites ask services on this machine. */
export const LOCAL_SERVICES = { EXTERNAL_ALLOW_CIDRS: "127.0.0.0/8", EXTERNAL_ALLOW_HTTP: "true" };

export const openExternalContext = ({ env, ...options }: TestContextOptions = {}) =>
  openTestContext({ ...options, env: { ...LOCAL_SERVICES, ...env } });

export async function setUp(ctx: Context, site: Site, name: CheckName, input: object): Promise<void> {
  await putCheck(ctx, { site, name, input: checkInputSchema.parse(input) });
}

/** The facts by name, or the failure's message. */
export async function ask(
  ctx: Context,
  site: Site,
  name: CheckName,
  sample: Partial<Sample> = {},
): Promise<{ tried: Tried; facts: Record<string, unknown>; failure: string | null }> {
  const tried = await tryCheck(ctx, { site, name, sample: sampleSchema.parse(sample) });
  const facts = Object.fromEntries(
    tried.evidence.map(({ name: fact, state, value, error }) => [fact, state === "ok" ? value : { error }]),
  );
  return { tried, facts, failure: tried.failure?.reason ?? null };
}

export const formOf = (body: Buffer) => Object.fromEntries(new URLSearchParams(body.toString()));
