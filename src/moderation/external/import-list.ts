import { parseIpNetwork } from "../../accounts/ip.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { type ListKind, replaceList } from "./list-store.ts";

const ENTRIES_MAX = 5_000_000;
const ENTRY_CHARS_MAX = 320;

export type ImportedList = { entries: number; ignored: number };

/**
 * Puts a downloaded list in place of the one of that name: one entry a line, or the first column of a CSV; `#` begins a
 * comment. @throws AppError `invalid_input` when nothing in it is an entry of that kind.
 */
export async function importList(
  ctx: Pick<Context, "db">,
  { list, kind, text }: { list: string; kind: ListKind; text: string },
): Promise<ImportedList> {
  const entries = new Set<string>();
  let ignored = 0;
  for (const line of text.split(/\r?\n/)) {
    const cell = firstCell(line);
    if (cell === "") continue;
    const entry = normaliseEntry(kind, cell);
    if (entry === undefined) ignored += 1;
    else entries.add(entry);
  }
  if (entries.size === 0 || entries.size > ENTRIES_MAX) {
    const message =
      entries.size === 0
        ? `There is no entry of the kind ${kind} in it.`
        : `It has more than ${ENTRIES_MAX} entries.`;
    throw new AppError("invalid_input", message, { fields: [{ path: "file", message }] });
  }
  await ctx.db.transaction((tx) => replaceList(tx, { list, kind, entries: [...entries] }));
  return { entries: entries.size, ignored };
}

function firstCell(line: string): string {
  const [text = ""] = line.split("#", 1);
  const [cell = ""] = text.split(",", 1);
  return cell.trim().replace(/^"(.*)"$/, "$1");
}

function normaliseEntry(kind: ListKind, cell: string): string | undefined {
  return cell.length > ENTRY_CHARS_MAX ? undefined : NORMALISERS[kind](cell.toLowerCase());
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);
const isDomain = matching(/^[^\s@/]+\.[^\s@/]+$/);

const NORMALISERS: Readonly<Record<ListKind, (text: string) => string | undefined>> = {
  domain: (text) => isDomain(text.replace(/^\*?\.|^@/, "")),
  email: matching(/^[^\s@]+@[^\s@]+$/),
  email_md5: matching(/^[0-9a-f]{32}$/),
  username: (text) => text,
  ip: (text) => (parseIpNetwork(text) ? text : undefined),
};
