-- What the automatic decisions of one version of a policy and of the signals have in common is kept once: names of facts,
-- versions, rules and what they say of themselves. Of the 4 kB that a decision took most were these; decisions from before keep them as they are.
create table decision_frames (
  -- the first 64 bits of the SHA-256 of the rest: the same whoever writes it, and never another frame's
  id bigint primary key,
  -- in the order of the values in `decisions.evidence`
  facts text[] not null,
  -- of the signals, by the first part of their facts' names
  versions json not null,
  -- those that were not off, in the policy's order: id, mode, action, facts, description
  rules json not null
);
alter table decisions add column frame_id bigint;

-- Room on each page for the counters of its authors, which change with every decision: a new version of a row then needs no new
-- entries in the indexes.
alter table authors set (fillfactor = 80);
