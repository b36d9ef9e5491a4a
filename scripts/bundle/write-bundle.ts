import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import process from "node:process";
import type { Plugin, RolldownOutput } from "rolldown";
import { BUNDLE_ENTRY, BUNDLE_SOURCES, describeFiles } from "../../src/bundle.ts";

const ROOT = join(import.meta.dirname, "../..");
const OWN_CODE = [join(ROOT, "src", sep), join(ROOT, "workers", sep)];
/** What else decides what is in a bundle: dependencies change with the lock file. */
const BESIDE_THE_CODE = ["package.json", "package-lock.json"];

/** Puts the program and its dependencies into a few files of this directory, in place of what is there, for `findBundle`. */
export async function writeBundle(directory: string): Promise<{ files: string[] }> {
  const { rolldown } = await import("rolldown");
  const aside = `${directory}.${process.pid}`;
  await mkdir(dirname(directory), { recursive: true });
  try {
    await using bundle = await rolldown({
      input: { program: join(ROOT, "src/program.ts") },
      platform: "node",
      plugins: [keepOwnUrls(directory), escapeNonAscii()],
    });
    const { output } = await bundle.write({
      dir: aside,
      format: "esm",
      // `.mjs`, because within `node_modules/` no package.json tells Node which kind of module it is.
      entryFileNames: BUNDLE_ENTRY,
      chunkFileNames: "[name]-[hash].mjs",
      comments: false,
      sourcemap: true,
    });
    await writeFile(join(aside, BUNDLE_SOURCES), describeFiles([...BESIDE_THE_CODE, ...ownFilesIn(output)]));
    await rm(directory, { recursive: true, force: true });
    await rename(aside, directory);
    return { files: output.filter(({ type }) => type === "chunk").map(({ fileName }) => fileName) };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** `import.meta.url` goes on telling where the source is: SQL, weights and pages are read from beside it. */
function keepOwnUrls(directory: string): Plugin {
  return {
    name: "keep-own-urls",
    transform(code, id) {
      if (!isOwn(id) || !code.includes("import.meta.url")) return undefined;
      const path = relative(directory, id).replaceAll(sep, "/");
      const url = `new URL(${JSON.stringify(path)}, import.meta.url).href`;
      return { code: code.replaceAll("import.meta.url", url), map: null };
    },
  };
}

/** With one character beyond Latin-1 in it the engine would keep the whole source in two bytes a character: some 6 MB more. */
function escapeNonAscii(): Plugin {
  return {
    name: "escape-non-ascii",
    generateBundle(_options, bundle) {
      // No line moves, so the source maps stay good enough for a stack trace.
      for (const file of Object.values(bundle)) if (file.type === "chunk") file.code = escape(file.code);
    },
  };
}

function escape(code: string): string {
  return code.replaceAll(/(\\*)([^\0-\x7F])/g, (_all, backslashes: string, unit: string) => {
    const escaped = `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    // An odd backslash escaped the character, to no effect, and must not now escape ours.
    return backslashes.slice(backslashes.length % 2) + escaped;
  });
}

function ownFilesIn(output: RolldownOutput["output"]): string[] {
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  return modules.filter(isOwn).map((id) => relative(ROOT, id).replaceAll(sep, "/"));
}

function isOwn(id: string): boolean {
  return OWN_CODE.some((directory) => id.startsWith(directory));
}
