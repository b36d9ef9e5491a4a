type Logged = { id: string; action: string; undoes: string | null };

/** What an undoing decision is called in the log. */
export const UNDO = "undo";

/**
 * The decisions of a log, in order, that have not been taken back: the last is the effective one, and taking it back makes
 * the one before it effective again. Undoing is itself no decision about the comment, and cannot be undone.
 */
export function effectiveDecisions<Decision extends Logged>(log: readonly Decision[]): Decision[] {
  const undone = new Set(log.map(({ undoes }) => undoes));
  return log.filter(({ id, action }) => action !== UNDO && !undone.has(id));
}
