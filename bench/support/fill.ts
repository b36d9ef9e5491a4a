import type { Pool, PoolClient } from "pg";
import { canonicalUrl } from "../../src/sites/canonical-url.ts";
import { commentBody } from "./words.ts";
import { ORIGIN } from "./world.ts";

export type FillOptions = {
  /** Names the articles: `<prefix>-0`, `<prefix>-1`, … */
  prefix: string;
  threads: number;
  perThread: number;
  /** Threads that are talked about at the same time: their comments lie mixed in the table. Divides `threads`. */
  atATime: number;
};

const BODIES = 1_000;
const ROWS_PER_STATEMENT = 50_000;
const FIRST_AT_MS = Date.UTC(2026, 0, 1);

/** The URL of an article that {@link fillThreads} has filled. */
export function articleUrl(prefix: string, thread: number): string {
  return `${ORIGIN}/${prefix}-${thread}`;
}

/** Writes published comments straight into the tables, every third of them a first one. Returns the threads' ids. */
export async function fillThreads(pool: Pool, options: FillOptions): Promise<string[]> {
  const client = await pool.connect();
  try {
    const ids = await insertThreads(client, options);
    const bodies = Array.from({ length: BODIES }, commentBody);
    // Millisecond and number are in the id, so a later filling must begin where this one ends.
    const { rows } = await client.query<{ count: number }>("select count(*)::int as count from comments");
    const values = [rows[0]?.count ?? 0, ids[0], options.perThread, options.atATime, bodies];
    const total = options.threads * options.perThread;
    for (let from = 0; from < total; from += ROWS_PER_STATEMENT) {
      await client.query(INSERT_COMMENTS, [...values, from, Math.min(total, from + ROWS_PER_STATEMENT) - 1]);
    }
    await client.query("vacuum analyze comments, threads");
    return ids;
  } finally {
    client.release();
  }
}

async function insertThreads(client: PoolClient, options: FillOptions): Promise<string[]> {
  const urls = Array.from({ length: options.threads }, (_, thread) =>
    canonicalUrl(articleUrl(options.prefix, thread)),
  );
  const { rows } = await client.query<{ id: string }>(
    `insert into threads (site_id, key, canonical_url, url, title, published_count, revision)
     select 1, url, url, url, 'An article', $2::int, $2::int from unnest($1::text[]) with ordinality as t(url, n) order by n
     returning id`,
    [urls, options.perThread],
  );
  return rows.map((row) => row.id);
}

const ID_OF = (n: string) =>
  `(lpad(to_hex(${FIRST_AT_MS} + $1 + ${n}), 12, '0') || '70008000' || lpad(to_hex($1 + ${n}), 12, '0'))::uuid`;

const INSERT_COMMENTS = `
  insert into comments (id, site_id, thread_id, author_id, parent_id, root_id, depth, path, status, name, body, dedupe_key,
    payload_hash, request_facts, reply_count, decided_by, created_at, status_at, published_at)
  select ids[depth + 1], 1, $2::bigint + thread, 1 + n % 5000, ids[depth], ids[1], depth,
    case depth when 0 then uuid_send(ids[1]) when 1 then uuid_send(ids[1]) || uuid_send(ids[2])
      else uuid_send(ids[1]) || uuid_send(ids[2]) || uuid_send(ids[3]) end,
    'published', 'Reader ' || n % 5000, ($5::text[])[1 + n % ${BODIES}], uuid_send(ids[depth + 1]), uuid_send(ids[1]), '{}',
    case when depth < 2 and place + 1 < $3::bigint then 1 else 0 end, 'otherwise', at, at, at
  from generate_series($6::bigint, $7::bigint) n
  cross join lateral (select n / ($4::bigint * $3::bigint) * $4::bigint + n % $4::bigint as thread,
    n % ($4::bigint * $3::bigint) / $4::bigint as place) t
  cross join lateral (select (place % 3)::int as depth, n - place % 3 * $4::bigint as first) d
  cross join lateral (select array[${ID_OF("first")}, ${ID_OF("first + $4::bigint")}, ${ID_OF("first + 2 * $4::bigint")}] as ids,
    to_timestamp((${FIRST_AT_MS} + $1 + n) / 1000.0) as at) i`;
