import { type Database, statement } from "../../db/database.ts";
import type { RuleTrace } from "../decide.ts";

export type FrameRow = {
  id: string;
  facts: string[];
  versions: Record<string, number>;
  rules: FrameRule[];
};
/** What a rule says of itself. */
export type FrameRule = Pick<RuleTrace, "id" | "mode" | "action" | "facts"> & { description: string };

const FIND = statement<FrameRow>(
  "frames.find",
  "select id, facts, versions, rules from decision_frames where id = any($1::bigint[])",
);

export async function findFrames(db: Database, ids: string[]): Promise<FrameRow[]> {
  return db.run(FIND, [ids]);
}

const KEEP = statement(
  "frames.keep",
  "insert into decision_frames (id, facts, versions, rules) values ($1, $2, $3, $4) on conflict (id) do nothing",
);

/** Keeps a frame, unless it is there. */
export async function keepFrame(db: Database, { id, facts, versions, rules }: FrameRow): Promise<void> {
  await db.run(KEEP, [id, facts, JSON.stringify(versions), JSON.stringify(rules)]);
}
