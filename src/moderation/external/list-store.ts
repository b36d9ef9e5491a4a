import { type Database, statement, type Tx } from "../../db/database.ts";

/** What an imported list may name. `domain` is that of an e-mail address, `email_md5` the MD5 of a whole one. */
export const LIST_KINDS = ["domain", "email", "email_md5", "username", "ip"] as const;
export type ListKind = (typeof LIST_KINDS)[number];
export type ListQuestion = { kind: ListKind; entry: string };

/** The names of the lists that hold one of these. */
export type ListLookup = (questions: readonly ListQuestion[]) => Promise<string[]>;

const LOOK_UP = statement<{ list: string }>(
  "external-lists.look-up",
  `select distinct e.list from unnest($1::text[], $2::text[]) as q(kind, entry)
   join external_list_entries e on e.kind = q.kind and e.entry = q.entry
   union
   select e.list from unnest($3::inet[]) as q(address) join external_list_entries e on e.network >>= q.address
   order by list`,
);

export async function lookUpLists(db: Database, questions: readonly ListQuestion[]): Promise<string[]> {
  const named = questions.filter(({ kind }) => kind !== "ip");
  const addresses = questions.flatMap(({ kind, entry }) => (kind === "ip" ? [entry] : []));
  const rows = await db.run(LOOK_UP, [
    named.map(({ kind }) => kind),
    named.map(({ entry }) => entry),
    addresses,
  ]);
  return rows.map(({ list }) => list);
}

const CLEAR = statement("external-lists.clear", "delete from external_list_entries where list = $1");

const INSERT = statement(
  "external-lists.insert",
  `insert into external_list_entries (list, kind, entry, network)
   select $1, $2, entry, case when $2 = 'ip' then network(entry::inet) end from unnest($3::text[]) as t(entry)
   on conflict do nothing`,
);

/** Entries of one statement. */
const ENTRIES_MAX = 10_000;

/** Puts a list in place of the one of that name. */
export async function replaceList(
  tx: Tx,
  { list, kind, entries }: { list: string; kind: ListKind; entries: readonly string[] },
): Promise<void> {
  await tx.run(CLEAR, [list]);
  for (let at = 0; at < entries.length; at += ENTRIES_MAX) {
    await tx.run(INSERT, [list, kind, entries.slice(at, at + ENTRIES_MAX)]);
  }
}
