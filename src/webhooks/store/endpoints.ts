import { type Database, statement, type Tx } from "../../db/database.ts";
import type { DisabledReason } from "../endpoint.ts";

export type EndpointRow = {
  id: string;
  url: string;
  description: string | null;
  types: string[];
  enabled: boolean;
  disabled_reason: DisabledReason | null;
  disabled_at: Date | null;
  paused_until: Date | null;
  previous_secret_until: Date | null;
  created_at: Date;
  updated_at: Date;
};

const COLUMNS =
  "id, url, description, types, enabled, disabled_reason, disabled_at, paused_until, previous_secret_until, created_at, updated_at";

// No foreign key's lock conflicts with this one, so comments go on; only a second new endpoint waits.
const LOCK_SITE = statement("endpoints.lock-site", "select 1 from sites where id = $1 for no key update");

const INSERT = statement<EndpointRow>(
  "endpoints.insert",
  `insert into endpoints (id, site_id, url, description, types, secret_sealed, created_at, updated_at)
   select $1, $2, $3, $4, $5, $6, $7, $7 where (select count(*) from endpoints where site_id = $2) < $8
   returning ${COLUMNS}`,
);

export type NewEndpoint = {
  id: string;
  siteId: number;
  url: string;
  description: string | null;
  types: readonly string[];
  secretSealed: Buffer;
  at: Date;
};

/** Undefined when the site has `endpointsMax` already. */
export async function insertEndpoint(
  tx: Tx,
  endpoint: NewEndpoint,
  endpointsMax: number,
): Promise<EndpointRow | undefined> {
  const { id, siteId, url, description, types, secretSealed, at } = endpoint;
  await tx.run(LOCK_SITE, [siteId]);
  const values = [id, siteId, url, description, types, secretSealed, at, endpointsMax];
  return (await tx.run(INSERT, values))[0];
}

const LIST = statement<EndpointRow>(
  "endpoints.list",
  `select ${COLUMNS} from endpoints where site_id = $1 order by id`,
);

export async function listEndpointRows(db: Database, siteId: number): Promise<EndpointRow[]> {
  return db.run(LIST, [siteId]);
}

const FIND = statement<EndpointRow>(
  "endpoints.find",
  `select ${COLUMNS} from endpoints where site_id = $1 and id = $2`,
);

export async function findEndpointRow(
  db: Database,
  siteId: number,
  id: string,
): Promise<EndpointRow | undefined> {
  return (await db.run(FIND, [siteId, id]))[0];
}

// A new URL is another receiver: what the old one asked for does not hold for it.
const UPDATE = statement<EndpointRow>(
  "endpoints.update",
  `update endpoints set url = coalesce($3, url), types = coalesce($4, types),
     description = case when $5 then $6 else description end,
     paused_until = case when $3 is null or $3 = url then paused_until end, updated_at = $7
   where site_id = $1 and id = $2 returning ${COLUMNS}`,
);

export type EndpointChange = {
  siteId: number;
  id: string;
  url: string | undefined;
  types: readonly string[] | undefined;
  description: string | null | undefined;
  at: Date;
};

export async function updateEndpointRow(
  db: Database,
  change: EndpointChange,
): Promise<EndpointRow | undefined> {
  const { siteId, id, url, types, description, at } = change;
  const values = [siteId, id, url ?? null, types ?? null, description !== undefined, description ?? null, at];
  return (await db.run(UPDATE, values))[0];
}

const ROTATE = statement<EndpointRow>(
  "endpoints.rotate-secret",
  `update endpoints set previous_secret_sealed = secret_sealed, previous_secret_until = $4, secret_sealed = $3, updated_at = $5
   where site_id = $1 and id = $2 returning ${COLUMNS}`,
);

export async function rotateSecretRow(
  db: Database,
  rotation: { siteId: number; id: string; secretSealed: Buffer; previousUntil: Date; at: Date },
): Promise<EndpointRow | undefined> {
  const { siteId, id, secretSealed, previousUntil, at } = rotation;
  return (await db.run(ROTATE, [siteId, id, secretSealed, previousUntil, at]))[0];
}

const ENABLE = statement<EndpointRow>(
  "endpoints.enable",
  `update endpoints set enabled = true, disabled_reason = null, disabled_at = null, paused_until = null, updated_at = $3
   where site_id = $1 and id = $2 returning ${COLUMNS}`,
);

export async function enableEndpointRow(
  db: Database,
  siteId: number,
  id: string,
  at: Date,
): Promise<EndpointRow | undefined> {
  return (await db.run(ENABLE, [siteId, id, at]))[0];
}

const DISABLE = statement<EndpointRow>(
  "endpoints.disable",
  `update endpoints set enabled = false, disabled_reason = case when enabled then $4 else disabled_reason end,
     disabled_at = case when enabled then $3 else disabled_at end, updated_at = $3
   where site_id = $1 and id = $2 returning ${COLUMNS}`,
);

export async function disableEndpointRow(
  db: Database,
  disabling: { siteId: number; id: string; reason: DisabledReason; at: Date },
): Promise<EndpointRow | undefined> {
  const { siteId, id, reason, at } = disabling;
  return (await db.run(DISABLE, [siteId, id, at, reason]))[0];
}

const BURY = statement(
  "endpoints.bury-deliveries",
  `update deliveries set status = 'dead', last_error = 'endpoint_removed', leased_until = null, finished_at = $2
   where endpoint_id = $1 and status = 'pending'
     and exists (select from endpoints where id = $1 and site_id = $3)`,
);

const REMOVE = statement<{ id: string }>(
  "endpoints.remove",
  "delete from endpoints where site_id = $1 and id = $2 returning id",
);

/** Removes an endpoint; what it was still owed becomes a dead letter. False when there is no such endpoint. */
export async function removeEndpointRow(tx: Tx, siteId: number, id: string, at: Date): Promise<boolean> {
  await tx.run(BURY, [id, at, siteId]);
  return (await tx.run(REMOVE, [siteId, id])).length > 0;
}
