import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "./config.ts";
import { SECRET_CHARS_MIN } from "./config-env.ts";
import { AppError } from "./errors.ts";

/** The instance's secrets: `current` makes new keys, `previous` only read what older keys made. */
export type Secrets = { current: string; previous: string[] };

const FILE_CHARS_MAX = 65_536;
const fileSchema = z.object({
  version: z.literal(1),
  secret: z.string().min(SECRET_CHARS_MIN),
  previous: z.array(z.string().min(SECRET_CHARS_MIN)).default([]),
});

/**
 * The secret of the configuration, or else of `secrets.json` (mode 0600) in the data directory, which the first
 * start makes. Processes that start at once agree on one secret.
 * @throws AppError `unavailable`, reason `secrets_unreadable`, when the file is garbled or cannot be made.
 */
export async function loadSecret(config: Pick<Config, "secret" | "dataDir">): Promise<Secrets> {
  const { current, previous } = config.secret;
  if (current !== null) return { current, previous: [...previous] };
  const file = join(config.dataDir, "secrets.json");
  try {
    const text = (await readIfThere(file)) ?? (await create(config.dataDir, file));
    const stored = parse(file, text);
    return { current: stored.secret, previous: [...previous, ...stored.previous] };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unreadable(`Cannot read or make ${file}: is the directory writable?`, error);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Writes a whole file aside and links it into place: `link` refuses to replace, where `rename` would. */
async function create(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const secret = randomBytes(48).toString("base64url");
  const text = `${JSON.stringify({ version: 1, secret, previous: [] }, null, 2)}\n`;
  const aside = `${file}.${randomUUID()}`;
  try {
    await writeDurably(aside, text);
    await link(aside, file);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    return await readFile(file, "utf8");
  } finally {
    await rm(aside, { force: true });
  }
  await syncDirectory(dataDir);
  return text;
}

async function writeDurably(file: string, text: string): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}

/** Never replaced when garbled: with another secret every stored e-mail would be lost. */
function parse(file: string, text: string): z.output<typeof fileSchema> {
  const advice = "Restore it from a backup; only if nothing has been stored yet, delete it to get a new one.";
  if (text.length > FILE_CHARS_MAX) throw unreadable(`${file} is far too long. ${advice}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    throw unreadable(`${file} is not JSON. ${advice}`);
  }
  const result = fileSchema.safeParse(json);
  if (result.success) return result.data;
  const where = result.error.issues.map(({ path }) => path.join(".") || "the whole").join(", ");
  throw unreadable(`${file} is not as Parley wrote it (${where}). ${advice}`);
}

function unreadable(message: string, cause?: unknown): AppError {
  return new AppError("unavailable", message, { reason: "secrets_unreadable", cause });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
