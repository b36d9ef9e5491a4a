import { z } from "zod";
import { AUTHOR_STATUSES, COMMENT_STATUSES, DECISION_ACTIONS } from "../../comments/status.ts";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "../../sites/limits.ts";
import { siteKeySchema } from "../../sites/schema.ts";
import { POLICY_LIMITS } from "../policy/document.ts";
import { MODERATOR_REASON_CODES } from "../reasons.ts";
import { suitsAction } from "./reasons.ts";

export const REVIEW_LIMITS = {
  /** Decisions of one request. */
  decisionsMax: 100,
  noteCharsMax: 2_000,
  /** Shorter would match nearly everything. */
  searchCharsMin: 2,
  searchCharsMax: 100,
} as const;

/** Far beyond what any comment reaches, and safe to add one to in PostgreSQL's `integer`. */
const VERSION_MAX = 1_000_000_000;

/** `priority` is the order of the waiting: only held comments have one. */
const QUEUE_SORTS = ["priority", "oldest", "newest"] as const;
export type QueueSort = (typeof QUEUE_SORTS)[number];

/** Without what PostgreSQL refuses in a text (NUL) and what is no text (lone surrogates). */
const clean = (value: string) => value.replaceAll("\u0000", "").toWellFormed().trim();

export const note = z
  .string()
  .max(REVIEW_LIMITS.noteCharsMax)
  .transform((value) => clean(value) || null)
  .nullish()
  .transform((value) => value ?? null);

export const moment = z
  .string()
  .max(40)
  .refine((text) => readMoment(text, 0) !== undefined, "seconds, or an ISO 8601 date with time and offset");

/** A point in time, milliseconds, from seconds before now or an ISO 8601 date; undefined for neither. */
export function readMoment(text: string, nowMs: number): number | undefined {
  if (/^\d{1,10}$/.test(text)) return nowMs - Number(text) * 1_000;
  // A plus that was not encoded arrives as a space.
  const iso = text.replace(/ (?=\d\d:\d\d$)/, "+");
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/i.test(iso)) return undefined;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms;
}

export const queueQuerySchema = z.strictObject({
  site: siteKeySchema.optional(),
  status: z.preprocess(
    (value) => (value === undefined ? ["held"] : [value].flat()),
    z.array(z.enum(COMMENT_STATUSES)).min(1).max(COMMENT_STATUSES.length),
  ),
  thread: z.string().min(1).max(2_048).transform(clean).optional(),
  author: z.string().max(20).optional(),
  rule: z.string().min(1).max(POLICY_LIMITS.idCharsMax).transform(clean).optional(),
  reason: z
    .string()
    .regex(/^[a-z_]{1,60}$/, "a reason code, such as links")
    .optional(),
  olderThan: moment.optional(),
  newerThan: moment.optional(),
  q: z
    .string()
    .transform(clean)
    .pipe(z.string().min(REVIEW_LIMITS.searchCharsMin).max(REVIEW_LIMITS.searchCharsMax))
    .optional(),
  sort: z.enum(QUEUE_SORTS).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT),
  cursor: z.string().max(4_096).optional(),
});
export type QueueQuery = z.output<typeof queueQuerySchema>;

/** Of what the moderator saw: a decision about what has changed since is refused. */
export const version = z.int().min(1).max(VERSION_MAX);

export const verdict = {
  version,
  action: z.enum(DECISION_ACTIONS),
  reason: z.enum(MODERATOR_REASON_CODES).nullish(),
  note,
};

/** A statement of reasons is owed to whoever is rejected; and "approved" is no ground to reject. */
export const hasFittingReason = (context: z.core.ParsePayload<Pick<Verdict, "action" | "reason">>) => {
  const { action, reason } = context.value;
  const problem = (message: string) =>
    context.issues.push({ code: "custom", input: reason, path: ["reason"], message });
  if (action === "reject" && !reason) problem("required to reject");
  else if (reason && !suitsAction(reason, action)) problem(`no reason to ${action}`);
};

export const verdictSchema = z.strictObject(verdict).check(hasFittingReason);
export type Verdict = z.output<z.ZodObject<typeof verdict>>;

export const decisionsSchema = z.strictObject({
  decisions: z
    .array(z.strictObject({ commentId: z.uuid().toLowerCase(), ...verdict }).check(hasFittingReason))
    .min(1)
    .max(REVIEW_LIMITS.decisionsMax)
    .check(eachCommentOnce),
});
export type DecisionInput = Verdict & { commentId: string };

function eachCommentOnce(context: z.core.ParsePayload<{ commentId: string }[]>): void {
  const seen = new Set<string>();
  for (const [index, { commentId }] of context.value.entries()) {
    if (seen.has(commentId)) {
      const message = "this comment is already in the list";
      context.issues.push({ code: "custom", input: commentId, path: [index, "commentId"], message });
    }
    seen.add(commentId);
  }
}

export const undoSchema = z.strictObject({ note });

/** What becomes of a banned author's comments: those waiting are rejected, or the published ones as well. */
const COMMENTS_OF_BANNED = ["leave", "reject_held", "reject_all"] as const;

export const authorStatusSchema = z
  .strictObject({
    status: z.enum(AUTHOR_STATUSES),
    note,
    comments: z.enum(COMMENTS_OF_BANNED).default("leave"),
  })
  .check((context) => {
    const { status, comments } = context.value;
    if (status === "banned" || comments === "leave") return;
    const message = "only together with a ban";
    context.issues.push({ code: "custom", input: comments, path: ["comments"], message });
  });
export type AuthorStatusInput = z.output<typeof authorStatusSchema>;
