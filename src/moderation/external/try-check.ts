import { z } from "zod";
import type { Context } from "../../context.ts";
import type { Site } from "../../sites/site.ts";
import { toEvidence } from "../run-signals.ts";
import type { Evidence } from "../signal.ts";
import { normaliseText } from "../text.ts";
import { callCheck } from "./ask-check.ts";
import { createBreaker } from "./breaker.ts";
import type { AskedComment, CheckName } from "./external-check.ts";
import { ExternalFailure, type ExternalFailureReason } from "./failure.ts";
import { getActiveCheck } from "./get-checks.ts";

/** An invented comment to try a check with. */
export const sampleSchema = z.strictObject({
  body: z.string().min(1).max(5_000).default("Thank you for this article; the second table was new to me."),
  name: z.string().min(1).max(100).default("Test"),
  email: z.email().default("test@example.com"),
  website: z.url().nullable().default(null),
});
export type Sample = z.output<typeof sampleSchema>;

export type Tried = {
  ok: boolean;
  /** Empty when it failed, or abstains. */
  evidence: Evidence[];
  failure: { reason: ExternalFailureReason; detail: string | null } | null;
  milliseconds: number;
};

/**
 * Asks a check about an invented comment, also one that is off: past cache and breaker, but within the budget.
 * @throws AppError `not_found`
 */
export async function tryCheck(
  ctx: Context,
  { site, name, sample }: { site: Site; name: CheckName; sample: Sample },
): Promise<Tried> {
  const active = await getActiveCheck(ctx, site, name);
  const { check, options, prepared } = active;
  // The real one shall neither keep this from being tried nor learn from it.
  const breaker = createBreaker({ failures: Infinity, openMs: 0 });
  const startMs = performance.now();
  const untilMs = startMs + 2 * options.deadlineMs;
  const passed = () => Math.round(performance.now() - startMs);
  try {
    if (!prepared) throw new ExternalFailure("misconfigured");
    const { verify } = prepared;
    if (verify) await callCheck(ctx, { ...active, breaker }, verify, untilMs);
    const question = prepared.question(toComment(ctx, site, sample));
    const facts =
      "facts" in question
        ? question.facts
        : await callCheck(ctx, { ...active, breaker }, (call) => question.ask(call), untilMs);
    return { ok: true, evidence: toEvidence(check, facts), failure: null, milliseconds: passed() };
  } catch (error) {
    if (!(error instanceof ExternalFailure)) throw error;
    const { reason, detail } = error;
    return { ok: false, evidence: [], failure: { reason, detail }, milliseconds: passed() };
  }
}

function toComment(ctx: Context, site: Site, { body, name, email, website }: Sample): AskedComment {
  const comment = { id: "", body, name, website, parentId: null, depth: 0, createdAt: ctx.clock.now() };
  return {
    comment,
    text: normaliseText(body),
    email,
    article: { url: site.origins[0] ?? ctx.config.http.publicUrl, title: null, language: site.language },
    site: { language: site.language, hosts: site.hosts },
  };
}
