import type { CommentStatus } from "../../comments/status.ts";

/** What its author is told of a comment: a few words, and one fair sentence. */
export type Outcome = { title: string; sentence: string };

const NOT_PUBLISHED: Outcome = {
  title: "Your comment was not published.",
  sentence:
    "It does not meet the rules of this comment section. If you think that is a mistake, tell the editors.",
};

/**
 * What became of a comment, in the words for its author. Spam is told like any rejection: a person whose comment
 * was mistaken for spam can ask, and a sender of spam learns nothing.
 */
export const OUTCOMES: Readonly<Record<CommentStatus, Outcome>> = {
  pending: {
    title: "Your comment is being checked.",
    sentence: "This usually takes a few seconds. Nothing is lost if you leave this page.",
  },
  published: { title: "Your comment is published.", sentence: "Thank you for taking part." },
  held: {
    title: "Your comment is awaiting moderation.",
    sentence:
      "A person will read it before it appears. Many comments wait like this; it is no verdict on yours, " +
      "and there is no need to send it again.",
  },
  rejected: NOT_PUBLISHED,
  spam: NOT_PUBLISHED,
  removed: { title: "Your comment was removed.", sentence: "Readers can no longer see it." },
};
