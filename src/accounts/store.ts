import { type Database, statement } from "../db/database.ts";

export type TokenRow = {
  id: string;
  name: string;
  scopes: string[];
  site_id: number | null;
  expires_at: Date | null;
  revoked_at: Date | null;
};

const FIND = statement<TokenRow>(
  "tokens.find",
  "select id, name, scopes, site_id, expires_at, revoked_at from api_tokens where hash = $1",
);

export async function findTokenRow(db: Database, hash: Buffer): Promise<TokenRow | undefined> {
  return (await db.run(FIND, [hash]))[0];
}

// At most once a minute: "last used" is for people.
const TOUCH = statement(
  "tokens.touch",
  "update api_tokens set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')",
);

export async function touchToken(db: Database, id: string, at: Date): Promise<void> {
  await db.run(TOUCH, [id, at]);
}

export type NewToken = {
  id: string;
  hash: Buffer;
  displayPrefix: string;
  name: string;
  scopes: readonly string[];
  siteId: number | null;
  expiresAt: Date | null;
};

const INSERT = statement(
  "tokens.insert",
  `insert into api_tokens (id, hash, display_prefix, name, scopes, site_id, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
);

export async function insertToken(db: Database, token: NewToken): Promise<void> {
  const { id, hash, displayPrefix, name, scopes, siteId, expiresAt } = token;
  await db.run(INSERT, [id, hash, displayPrefix, name, [...scopes], siteId, expiresAt]);
}

export type ListedToken = {
  id: string;
  display_prefix: string;
  name: string;
  scopes: string[];
  site_key: string | null;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
};

const LIST = statement<ListedToken>(
  "tokens.list",
  `select t.id, t.display_prefix, t.name, t.scopes, s.key as site_key, t.created_at, t.expires_at, t.last_used_at, t.revoked_at
   from api_tokens t left join sites s on s.id = t.site_id order by t.created_at`,
);

export async function listTokenRows(db: Database): Promise<ListedToken[]> {
  return db.run(LIST, []);
}

const REVOKE = statement<{ id: string }>(
  "tokens.revoke",
  "update api_tokens set revoked_at = now() where display_prefix = $1 and revoked_at is null returning id",
);

/** How many tokens were revoked. */
export async function revokeTokens(db: Database, displayPrefix: string): Promise<number> {
  return (await db.run(REVOKE, [displayPrefix])).length;
}

const REVOKE_NAMED = statement(
  "tokens.revoke-named",
  "update api_tokens set revoked_at = now() where name = $1 and site_id is null and revoked_at is null",
);

export async function revokeTokensOfName(db: Database, name: string): Promise<void> {
  await db.run(REVOKE_NAMED, [name]);
}
