import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Removed with `node_modules` by every `npm ci`, which makes it anew (`scripts/bundle.ts`). */
export const BUNDLE_DIRECTORY = join(ROOT, "node_modules/.cache/parley/bundle");
export const BUNDLE_ENTRY = "program.mjs";
/** What {@link describeFiles} said of the bundle's sources when it was made. */
export const BUNDLE_SOURCES = "sources.txt";

/**
 * The URL of the program in one file, dependencies included: loading some 1,700 files takes longer than all else at a start.
 * undefined where there is none, or any of its sources has changed: then the sources are the program.
 */
export function findBundle(directory = BUNDLE_DIRECTORY): string | undefined {
  try {
    const described = readFileSync(join(directory, BUNDLE_SOURCES), "utf8");
    const paths = described.split("\n").map((line) => line.slice(line.lastIndexOf("\t") + 1));
    if (describeFiles(paths) !== described) return undefined;
    return pathToFileURL(join(directory, BUNDLE_ENTRY)).href;
  } catch {
    return undefined;
  }
}

/**
 * A line per file by which a change is seen; paths are relative to the project. Times in whole seconds, as layers of a
 * container image keep them.
 * @throws where one is missing
 */
export function describeFiles(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const { size, mtimeMs } = statSync(ROOT + path);
      return `${size}\t${Math.floor(mtimeMs / 1000)}\t${path}`;
    })
    .join("\n");
}
