import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { AppError } from "../errors.ts";

/** A policy document from a file, or from standard input for `-`. Its size is for the compiler to judge. */
export async function readPolicyFile(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    await using handle = await open(file);
    return await handle.readFile("utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new AppError("invalid_input", `Cannot read ${file} (${why}).`, { cause: error });
  }
}

/** One line for each problem of a policy, with its place. */
export function describePolicyProblems(file: string, error: AppError): string {
  return error.fields
    .map(({ path, message }) => `${file}: ${path === "" ? "" : `${path}: `}${message}\n`)
    .join("");
}
