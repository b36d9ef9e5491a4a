import type { FactType, FactValue } from "./signal.ts";

/** Whether a value is of the type that a fact was declared with. */
export const IS_OF_TYPE: Readonly<Record<FactType, (value: FactValue | undefined) => boolean>> = {
  int: (value) => Number.isSafeInteger(value),
  double: (value) => typeof value === "number" && Number.isFinite(value),
  bool: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  "list<string>": (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};
