import { randomBytes, randomUUID } from "node:crypto";
import type { Pool } from "pg";

const INSERT = {
  name: "bench-floor",
  text: `insert into bench_floor (id, site_id, thread_id, author_id, root_id, depth, path, name, body, dedupe_key, payload_hash,
    request_facts, created_at, status_at) values ($1, 1, 1, $2, $1, 0, $3, $4, $5, $6, $7, $8, now(), now())`,
};
const FACTS = JSON.stringify({
  form: { token: "absent", ageMs: null, honeypotFilled: false },
  ipListEntry: null,
});
let authors = 0;

/** Writes a comment's row as plainly as can be: one statement, one commit, one table. Its id. */
export async function insertPlainly(pool: Pool, name: string, body: string): Promise<string> {
  const id = randomUUID();
  authors += 1;
  const hashes = [randomBytes(16), randomBytes(16), randomBytes(16)];
  await pool.query({ ...INSERT, values: [id, authors, hashes[0], name, body, hashes[1], hashes[2], FACTS] });
  return id;
}

/** The same columns and indexes as Parley's comments in a table of its own, for {@link insertPlainly}. */
export async function withPlainTable<Result>(pool: Pool, work: () => Promise<Result>): Promise<Result> {
  await pool.query("create table bench_floor (like comments including all)");
  try {
    return await work();
  } finally {
    await pool.query("drop table bench_floor");
  }
}
