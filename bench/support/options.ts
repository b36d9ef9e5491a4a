import { parseArgs } from "node:util";
import { type Effort, FULL, QUICK } from "./effort.ts";
import type { Backend } from "./world.ts";

export type Options<Name extends string> = {
  only: readonly Name[];
  backends: readonly Backend[];
  effort: Effort;
};

const BACKENDS: readonly Backend[] = ["postgres", "redis"];

/** `--only accept,read  --backend redis  --quick`. @throws Error with a sentence for whoever typed it. */
export function readOptions<Name extends string>(args: string[], names: readonly Name[]): Options<Name> {
  const { values } = parseArgs({
    args,
    options: { only: { type: "string" }, backend: { type: "string" }, quick: { type: "boolean" } },
  });
  return {
    only: choose("only", values.only, names),
    backends: choose("backend", values.backend, BACKENDS),
    effort: values.quick ? QUICK : FULL,
  };
}

function choose<Name extends string>(
  option: string,
  given: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (given === undefined) return known;
  const wanted = given.split(",");
  const wrong = wanted.filter((name) => !known.some((one) => one === name));
  if (wrong.length > 0) throw new Error(`--${option} takes ${known.join(", ")}; not ${wrong.join(", ")}.`);
  return known.filter((name) => wanted.includes(name));
}
