/** What a comment teaches: the last effective decision of a moderator about it. No text: that stays with the comment. */
export type Example = {
  commentId: string;
  /** UUIDv7. Its order is the order of learning. */
  decisionId: string;
  /** Of the comment's text that was decided about. */
  revision: number;
  action: string;
  reason: string | null;
  /** Token id, or else the name, of who decided. */
  moderator: string;
  authorId: string;
  simhash: bigint;
  decidedAt: Date;
};

/** A text to learn from, as it was decided about. */
export type ExampleText = { body: string; name: string; website: string | null };

/** An example once it was taken in. */
export type LearnedExample = Example & {
  /** What it moved: its weight times how wrong the model was, 0 to 1. */
  influence: number;
  /** Bits of the tasks (by `taskIndex`) about which the model had agreed. */
  agreed: number;
};
