import type { z } from "zod";
import { ExternalFailure } from "./failure.ts";
import type { HttpAnswer } from "./exchange.ts";

/** An answer that must be JSON of a certain form. @throws ExternalFailure `unreadable` */
export function readJsonAnswer<Schema extends z.ZodType>(
  answer: HttpAnswer,
  schema: Schema,
): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch (cause) {
    throw new ExternalFailure("unreadable", "no JSON", { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw new ExternalFailure("unreadable", path.replace(/[^\w./-]/g, "?").slice(0, 60) || "form");
}

const JSON_HEADERS = { "content-type": "application/json", accept: "application/json" };

/** For services with a key; local ones mostly have none. */
export function withBearer(secret: string | null): Record<string, string> {
  return secret === null ? JSON_HEADERS : { ...JSON_HEADERS, authorization: `Bearer ${secret}` };
}

/** As much of a text as is sent to a model, UTF-16 units; the rest stays here. */
const MODEL_TEXT_UNITS_MAX = 5_000;

export function clipText(text: string): { text: string; clipped: boolean } {
  if (text.length <= MODEL_TEXT_UNITS_MAX) return { text: text.toWellFormed(), clipped: false };
  return {
    text: text
      .slice(0, MODEL_TEXT_UNITS_MAX)
      .replace(/[\uD800-\uDBFF]$/, "")
      .toWellFormed(),
    clipped: true,
  };
}
