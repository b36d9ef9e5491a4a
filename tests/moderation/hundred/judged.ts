/** What kind of comment it is, as a person would say. */
type CommentKind =
  | "fair"
  | "angry"
  | "insulting"
  | "hateful"
  | "propaganda"
  | "link-spam"
  | "doxxing"
  | "obfuscated";

/** A comment in the words of a reader, and what the balanced policy makes of it: action and rule. */
export type JudgedComment = readonly [kind: CommentKind, judgement: string, body: string];
