import type { Fact, Signal } from "../signal.ts";

const DAY_MS = 86_400_000;

/** The author's standing on this site. */
export const authorSignal: Signal = {
  name: "author",
  version: 1,
  deadlineMs: 50,
  facts: {
    "author.status": { type: "string", description: "normal, trusted or banned, as moderators set it" },
    "author.published": { type: "int", description: "Comments of the author published on this site" },
    "author.rejected": { type: "int", description: "Comments of the author rejected on this site" },
    "author.spam": { type: "int", description: "Comments of the author marked as spam on this site" },
    "author.held": { type: "int", description: "Comments of the author waiting for a moderator now" },
    "author.rejectedShare": {
      type: "double",
      description: "Rejected and spam among the decided comments, 0 to 1; only once one was decided",
    },
    "author.ageDays": { type: "double", description: "Days since the author's first comment on this site" },
    "author.isNew": { type: "bool", description: "Nothing of the author was published yet" },
  },
  run({ author, comment }) {
    const refused = author.rejectedCount + author.spamCount;
    const decided = author.publishedCount + refused;
    const ageMs = comment.createdAt.getTime() - author.firstSeenAt.getTime();
    const facts: Record<string, Fact> = {
      "author.status": { value: author.status },
      "author.published": { value: author.publishedCount },
      "author.rejected": { value: author.rejectedCount },
      "author.spam": { value: author.spamCount },
      "author.held": { value: author.heldCount },
      "author.ageDays": { value: Math.max(0, ageMs / DAY_MS) },
      "author.isNew": { value: author.publishedCount === 0 },
    };
    if (decided > 0) facts["author.rejectedShare"] = { value: refused / decided };
    return facts;
  },
};
