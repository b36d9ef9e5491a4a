import { type Database, statement, type Tx } from "../../db/database.ts";

export type ThreadRow = {
  id: string;
  site_id: number;
  key: string;
  canonical_url: string;
  url: string;
  title: string | null;
  language: string | null;
  closed_at: Date | null;
  revision: string;
  published_count: number;
  created_at: Date;
};

const COLUMNS =
  "id, site_id, key, canonical_url, url, title, language, closed_at, revision, published_count, created_at";

// A key wins; a URL finds its thread also when the publisher later gave that thread a key.
export const FIND_THREAD = {
  key: statement<ThreadRow>(
    "threads.by-key",
    `select ${COLUMNS} from threads where site_id = $1 and key = $2`,
  ),
  url: statement<ThreadRow>(
    "threads.by-url",
    `select ${COLUMNS} from threads where site_id = $1 and canonical_url = $2 order by id limit 1`,
  ),
};

export type ThreadLookup = { siteId: number; key: string | null; canonicalUrl: string | null };

/** Which of {@link FIND_THREAD} finds it, and by what. */
export function nameOf({ siteId, key, canonicalUrl }: ThreadLookup) {
  return key === null
    ? { by: "url" as const, values: [siteId, canonicalUrl] }
    : { by: "key" as const, values: [siteId, key] };
}

export async function findThreadRow(db: Database, lookup: ThreadLookup): Promise<ThreadRow | undefined> {
  const { by, values } = nameOf(lookup);
  return (await db.run(FIND_THREAD[by], values))[0];
}

// An article that first came in by URL takes the key that the publisher now gives it, so that it stays one thread.
const ADOPT_KEY = statement<ThreadRow>(
  "threads.adopt-key",
  `update threads set key = $2, revision = revision + 1 where site_id = $1 and key = $3
     and not exists (select from threads where site_id = $1 and key = $2)
   returning ${COLUMNS}`,
);

export async function adoptThreadKey(
  db: Database,
  siteId: number,
  key: string,
  canonicalUrl: string,
): Promise<ThreadRow | undefined> {
  return (await db.run(ADOPT_KEY, [siteId, key, canonicalUrl]))[0];
}

export type NewThread = {
  siteId: number;
  key: string;
  canonicalUrl: string;
  url: string;
  title: string | null;
  language: string | null;
  closedAt: Date | null;
  at: Date;
};

const INSERT = statement<ThreadRow>(
  "threads.insert",
  `insert into threads (site_id, key, canonical_url, url, title, language, closed_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (site_id, key) do nothing returning ${COLUMNS}`,
);

/** The new thread; undefined when another request made it first. */
export async function insertThread(db: Database, thread: NewThread): Promise<ThreadRow | undefined> {
  const { siteId, key, canonicalUrl, url, title, language, closedAt, at } = thread;
  return (await db.run(INSERT, [siteId, key, canonicalUrl, url, title, language, closedAt, at]))[0];
}

const LOCK_BY_ID = statement<ThreadRow>(
  "threads.lock-by-id",
  `select ${COLUMNS} from threads where site_id = $1 and id = $2 for no key update`,
);

/** The thread, kept from changing until the transaction ends. */
export async function lockThreadRow(tx: Tx, siteId: number, id: string): Promise<ThreadRow | undefined> {
  return (await tx.run(LOCK_BY_ID, [siteId, id]))[0];
}

const FIND_BY_ID = statement<ThreadRow>(
  "threads.by-id",
  `select ${COLUMNS} from threads where site_id = $1 and id = $2`,
);

export async function findThreadRowById(
  db: Database,
  siteId: number,
  id: string,
): Promise<ThreadRow | undefined> {
  return (await db.run(FIND_BY_ID, [siteId, id]))[0];
}

export type ThreadChange = {
  id: string;
  canonicalUrl: string;
  url: string;
  title: string | null;
  language: string | null;
  closedAt: Date | null;
};

const UPDATE = statement<ThreadRow>(
  "threads.update",
  `update threads set canonical_url = $2, url = $3, title = $4, language = $5, closed_at = $6, revision = revision + 1
   where id = $1 returning ${COLUMNS}`,
);

/** Writes a thread as a whole; for a row that {@link lockThreadRow} holds. */
export async function updateThreadRow(tx: Tx, change: ThreadChange): Promise<ThreadRow | undefined> {
  const { id, canonicalUrl, url, title, language, closedAt } = change;
  return (await tx.run(UPDATE, [id, canonicalUrl, url, title, language, closedAt]))[0];
}

const COUNTS_BY_URL = statement<{ wanted: string; published_count: number }>(
  "threads.counts-by-url",
  `select distinct on (canonical_url) canonical_url as wanted, published_count
   from threads where site_id = $1 and canonical_url = any($2::text[]) order by canonical_url, id`,
);
const COUNTS_BY_KEY = statement<{ wanted: string; published_count: number }>(
  "threads.counts-by-key",
  "select key as wanted, published_count from threads where site_id = $1 and key = any($2::text[])",
);

/** Published comments of each thread that exists, by canonical URL or by key. */
export async function countPublished(
  db: Database,
  siteId: number,
  by: "url" | "key",
  wanted: string[],
): Promise<Map<string, number>> {
  const rows = await db.run(by === "url" ? COUNTS_BY_URL : COUNTS_BY_KEY, [siteId, wanted]);
  return new Map(rows.map((row) => [row.wanted, row.published_count]));
}
