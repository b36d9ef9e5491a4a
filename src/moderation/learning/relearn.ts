import { setImmediate as breathe } from "node:timers/promises";
import { fingerprint } from "../fingerprint.ts";
import { emptySiteLayer, serialiseSiteLayer } from "../model/site-layer.ts";
import { normaliseText } from "../text.ts";
import type { Example } from "./example.ts";
import { createLearner } from "./learner.ts";
import { addVersion, type Session } from "./session.ts";
import { deleteAllExamples, insertExamples } from "./store/examples.ts";
import { findNthNewest, findTeachingAfter, type LogRow } from "./store/log.ts";
import { type NewVersion, outdateFrom } from "./store/versions.ts";

/** Decisions read from the log, and learned from, at a time: some ten milliseconds of work. */
const PAGE = 100;

/**
 * Forgets a site's layer and makes it anew from the decision log, as far as the state lets it count: some seconds for the
 * most there may be. The outcome is what learning decision by decision leads to.
 */
export async function relearn(
  session: Session,
  why: Pick<NewVersion, "cause" | "createdBy" | "restores">,
): Promise<void> {
  const { tx, base, state } = session;
  await deleteAllExamples(tx, state.siteId);
  await outdateFrom(tx, state.siteId, null);
  await moveWindow(session);
  const learner = createLearner(base, emptySiteLayer());
  let examples = 0;
  let upTo: string | null = null;
  for (let more = true; more;) {
    const rows = await findTeachingAfter(tx, state, { siteId: state.siteId, after: upTo, limit: PAGE });
    const learned = rows.map((row) => learner.take(toExample(row), row));
    await insertExamples(tx, state.siteId, learned);
    await breathe();
    examples += rows.length;
    upTo = rows.at(-1)?.decision_id ?? upTo;
    more = rows.length === PAGE;
  }
  await addVersion(session, { ...why, examples, upTo, layer: serialiseSiteLayer(learner.layer) });
}

/** When more counts than may, the window begins later. */
async function moveWindow({ tx, state, limits }: Session): Promise<void> {
  const { examplesMax, examplesSlack } = limits;
  const { siteId } = state;
  const beyond = await findNthNewest(tx, state, { siteId, n: examplesMax + examplesSlack + 1 });
  if (beyond === undefined) return;
  state.since = (await findNthNewest(tx, state, { siteId, n: examplesMax })) ?? state.since;
}

export function toExample(row: LogRow): Example {
  return {
    commentId: row.comment_id,
    decisionId: row.decision_id,
    revision: row.comment_revision,
    action: row.action,
    reason: row.reason,
    moderator: row.moderator,
    authorId: row.author_id,
    simhash: fingerprint(normaliseText(row.body)).simhash,
    decidedAt: row.decided_at,
  };
}
