import { createHash } from "node:crypto";
import type { Principal } from "../../accounts/principal.ts";
import type { CommentStatus } from "../../comments/status.ts";
import type { Context } from "../../context.ts";
import { getPolicy } from "../../sites/policies.ts";
import { getSite, type Site } from "../../sites/site.ts";
import { VERSION } from "../../version.ts";
import type { RuleTrace } from "../decide.ts";
import type { Explanation } from "../explain.ts";
import { withWholeRecords } from "../load-frames.ts";
import { unpackEvidence, unpackTrace } from "../record.ts";
import { reproduceDecision, type Reproduction } from "../reproduce.ts";
import { findPolicy } from "../reproduce-decisions.ts";
import type { Evidence } from "../signal.ts";
import { explainStored } from "./explain-stored.ts";
import { commentNotFound } from "./get-review.ts";
import { type LoggedDecision, toLoggedDecisions } from "./log-entry.ts";
import { type AuditedDecision, findAuditedComment, findAuditedDecisions } from "./store/audit.ts";
import { confinement } from "./view.ts";

/** All decisions about a comment and what they rested on, for whoever must check them; neither its text nor an address. */
export type Audit = {
  comment: {
    id: string;
    site: string;
    status: CommentStatus;
    version: number;
    revision: number;
    createdAt: Date;
  };
  /** In order; at most the latest 200. */
  decisions: AuditEntry[];
  /** What made this audit, and decided once more for it. */
  auditedWith: { parley: string };
};

type AuditEntry = LoggedDecision & {
  /** Of an automatic decision; null of all others. */
  automatic: {
    policy: { version: number; name: string; sha256: string } | null;
    /** The learned model that was asked, with what the site's moderators had taught it; null: none was. */
    model: string | null;
    /** Versions of the signals, by name. */
    signals: Record<string, number>;
    evidence: Evidence[] | null;
    trace: RuleTrace[] | null;
    explanation: Explanation | null;
    /** Whether the stored evidence and the policy of the time lead to the same decision today. */
    reproduction: Reproduction;
  } | null;
};

/**
 * The audit of one comment: each decision with its evidence and the versions of what made it, decided once more from the
 * stored evidence.
 * @throws AppError `forbidden`, `not_found` (also for another site's)
 */
export async function getAudit(ctx: Context, principal: Principal, id: string): Promise<Audit> {
  const row = await findAuditedComment(ctx.db, confinement(principal, "comments:read"), id);
  if (!row) throw commentNotFound();
  const site = await getSite(ctx, row.site_key);
  const rows = await withWholeRecords(ctx, await findAuditedDecisions(ctx.db, row.id));
  const logged = toLoggedDecisions(rows);
  const decisions = await Promise.all(
    logged.map(async (one, index) => {
      const automatic = await toAutomatic(ctx, site, rows[index]);
      return Object.assign(one, { automatic });
    }),
  );
  return {
    comment: {
      id: row.id,
      site: row.site_key,
      status: row.status,
      version: row.version,
      revision: row.revision,
      createdAt: row.created_at,
    },
    decisions,
    auditedWith: { parley: VERSION },
  };
}

async function toAutomatic(
  ctx: Context,
  site: Site,
  row: AuditedDecision | undefined,
): Promise<AuditEntry["automatic"]> {
  if (row?.actor_kind !== "policy") return null;
  const evidence = unpackEvidence(row.evidence) ?? null;
  const { policy, reproduction } = await reproduce(ctx, site, row);
  return {
    policy,
    model: row.model_version,
    signals: versionsOf(evidence ?? []),
    evidence,
    trace: unpackTrace(row.trace) ?? null,
    explanation: explainStored({ ...row, rule: row.actor }),
    reproduction,
  };
}

type Reproduced = Pick<NonNullable<AuditEntry["automatic"]>, "policy" | "reproduction">;

async function reproduce(ctx: Context, site: Site, row: AuditedDecision): Promise<Reproduced> {
  const { policy_version: version } = row;
  if (version === null)
    return { policy: null, reproduction: { outcome: "impossible", why: "policy_unknown" } };
  const compiled = await findPolicy(ctx, site, version);
  if ("outcome" in compiled) return { policy: null, reproduction: compiled };
  const { source } = await getPolicy(ctx, site, version);
  const sha256 = createHash("sha256").update(source).digest("hex");
  return {
    policy: { version, name: compiled.name, sha256 },
    reproduction: reproduceDecision({ ...row, commentId: row.comment_id, rule: row.actor }, compiled),
  };
}

function versionsOf(evidence: readonly Evidence[]): Record<string, number> {
  return Object.fromEntries(evidence.map(({ name, version }) => [name.slice(0, name.indexOf(".")), version]));
}
