import { type Database, statement } from "../../db/database.ts";
import type { RuleTrace } from "../decide.ts";

export type FrameRow = {
  id: number;
  facts: string[];
  versions: Record<string, number>;
  rules: FrameRule[];
};
/** What a rule says of itself. */
export type FrameRule = Pick<RuleTrace, "id" | "mode" | "action" | "facts"> & { description: string };

const FIND = statement<FrameRow>(
  "frames.find",
  "select id, facts, versions, rules from decision_frames where id = any($1::int[])",
);

export async function findFrames(db: Database, ids: number[]): Promise<FrameRow[]> {
  return db.run(FIND, [ids]);
}

const KEEP = statement(
  "frames.keep",
  `insert into decision_frames (hash, facts, versions, rules) values ($1, $2, $3, $4) on conflict (hash) do nothing`,
);

const ID_OF = statement<{ id: number }>("frames.id", "select id from decision_frames where hash = $1");

/** Keeps a frame, unless there is the same, and gives its id. */
export async function keepFrame(db: Database, hash: Buffer, frame: Omit<FrameRow, "id">): Promise<number> {
  const [known] = await db.run(ID_OF, [hash]);
  if (known) return known.id;
  await db.run(KEEP, [hash, frame.facts, JSON.stringify(frame.versions), JSON.stringify(frame.rules)]);
  const [kept] = await db.run(ID_OF, [hash]);
  if (!kept) throw new Error("A frame was kept and is gone.");
  return kept.id;
}
