import { UNDO } from "../review/effective-decisions.ts";

/** A ban rejects whatever its author wrote: no judgement of the text. */
const NOT_ABOUT_THE_TEXT = "banned_author";

/**
 * SQL: whether the moderators' decision of an alias is one about the text that nobody took back. The last such decision about
 * a text is effective; if it holds, the text has no verdict yet.
 */
export const isEffective = (m: string) =>
  `${m}.action <> '${UNDO}' and ${m}.reason is distinct from '${NOT_ABOUT_THE_TEXT}'
   and not exists (select from decisions u where u.comment_id = ${m}.comment_id and u.undoes = ${m}.id)`;

/** SQL: a lateral row with the moderators' `action` on the text that the policy's decision of an alias was about. */
export const effectiveVerdict = (d: string) =>
  `(select m.action from decisions m
    where m.comment_id = ${d}.comment_id and m.actor_kind = 'moderator' and m.comment_revision = ${d}.comment_revision
      and m.comment_version > ${d}.comment_version and ${isEffective("m")}
    order by m.comment_version desc limit 1)`;
