import { setTimeout as sleep } from "node:timers/promises";
import { type Database, statement } from "../../../src/db/database.ts";

/** Work that a process had taken and not finished. */
export type Leases = { checks: number; deliveries: number };

const COUNT_LEASES = statement<Leases>(
  "faults.leases",
  `select (select count(*)::int from outbox where leased_until > now()) as checks,
     (select count(*)::int from deliveries where status = 'pending' and leased_until > now()) as deliveries`,
);

/** Of processes that were killed, if no other runs: what they had in hand. */
export async function countLeases(db: Database): Promise<Leases> {
  return (await db.run(COUNT_LEASES, []))[0] ?? { checks: 0, deliveries: 0 };
}

const END_OUTBOX_WAITS = statement(
  "faults.end-outbox-waits",
  "update outbox set due_at = least(due_at, now()), leased_until = least(leased_until, now())",
);

const END_DELIVERY_WAITS = statement(
  "faults.end-delivery-waits",
  `update deliveries set due_at = least(due_at, now()), sweep_at = least(sweep_at, now()), leased_until = least(leased_until, now())
   where status = 'pending'`,
);

/** As if time had passed: every lease has ended, whether its holder is dead, stopped or at work, and all that is owed is due. */
export async function passTime(db: Database): Promise<void> {
  await db.run(END_OUTBOX_WAITS, []);
  await db.run(END_DELIVERY_WAITS, []);
}

type Owed = { checks: number; deliveries: number; retries: number };

// A retry is a delivery that failed and waits for its next attempt.
const COUNT_OWED = statement<Owed>(
  "faults.owed",
  `select (select count(*)::int from outbox) as checks, count(*)::int as deliveries,
     count(*) filter (where attempts > 0 and due_at > now() and leased_until is null)::int as retries
   from deliveries where status = 'pending'`,
);

const POLL_MS = 100;

export type WaitOptions = {
  timeoutMs?: number;
  /** False: deliveries that failed wait for their time; else it is passed once nothing but they is left. */
  skipRetryWaits?: boolean;
};

/** Waits until nothing is owed: no check, no delivery. @throws Error with what is left when that takes too long. */
export async function waitUntilQuiet(db: Database, options: WaitOptions = {}): Promise<void> {
  const { timeoutMs = 60_000, skipRetryWaits = true } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const owed = await countOwed(db);
    if (owed?.checks === 0 && owed.deliveries === 0) return;
    if (performance.now() > deadline) {
      throw new Error(
        `Not finished after ${timeoutMs} ms: ${JSON.stringify(owed)} ${await describeOwed(db)}`,
      );
    }
    if (skipRetryWaits && owed?.checks === 0 && owed.deliveries === owed.retries) await passTime(db);
    await sleep(POLL_MS);
  }
}

/** Undefined while the database is away. */
async function countOwed(db: Database): Promise<Owed | undefined> {
  const rows = await db.run(COUNT_OWED, []).catch(() => []);
  return rows[0];
}

const SHOW_OWED = statement<{ row: unknown }>(
  "faults.show-owed",
  `(select to_json(o) as row from outbox o limit 3) union all
   (select to_json(d) as row from deliveries d where status = 'pending' limit 3)`,
);

async function describeOwed(db: Database): Promise<string> {
  const rows = await db.run(SHOW_OWED, []).catch(() => []);
  return JSON.stringify(rows.map(({ row }) => row));
}
