import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { BUNDLE_DIRECTORY } from "../../src/bundle.ts";
import { writeBundle } from "./write-bundle.ts";

const ROOT = join(import.meta.dirname, "../..");

/** `npm run bundle`, which `npm ci` runs too: makes the bundle that `src/main.ts` looks for, and has its compiled code cached. */
async function main(): Promise<void> {
  const { files } = await writeBundle(BUNDLE_DIRECTORY);
  for (const file of files) await import(pathToFileURL(join(BUNDLE_DIRECTORY, file)).href);
  // What comes before the bundle, up to a configuration that cannot be used.
  const args = [...process.execArgv, join(ROOT, "src/main.ts")];
  spawnSync(process.execPath, args, { cwd: ROOT, env: { ...process.env, PORT: "none" }, stdio: "ignore" });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`No bundle was made: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
