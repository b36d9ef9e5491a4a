import { accepts } from "hono/accepts";
import type { z } from "zod";
import { AppError } from "../errors.ts";
import type { Request } from "./env.ts";
import { readJson } from "./read-json.ts";
import { documentBody } from "./routes/policy-schemas.ts";
import { invalidInput } from "./validate.ts";

/** RFC 9512 registered application/yaml; text/yaml is what came before it and what people type. */
const YAML_TYPES = new Set(["application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml"]);

type PolicyDocumentBody = z.infer<typeof documentBody>;

/** A policy document from a request's body: JSON with source and note, or the YAML itself. */
export async function readDocument(c: Request): Promise<PolicyDocumentBody> {
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (YAML_TYPES.has(type)) {
    const basedOn = c.req.query("basedOn");
    return parse({
      source: await c.req.text(),
      note: c.req.query("note"),
      ...(basedOn !== undefined && { basedOn: Number(basedOn) }),
    });
  }
  if (type !== "application/json") {
    throw new AppError("unsupported_media", "Send application/json, or the document itself as text/yaml.");
  }
  return parse(await readJson(c));
}

function parse(document: unknown): PolicyDocumentBody {
  const parsed = documentBody.safeParse(document);
  if (!parsed.success) throw invalidInput(parsed.error.issues);
  return parsed.data;
}

type Document = { source: string; version?: number } & Record<string, unknown>;

/** The YAML alone for whoever asks for it (so that `curl -H 'Accept: text/yaml'` writes a file to edit), else all as JSON. */
export function answerDocument(c: Request, document: Document): Response {
  // Beside what the sites' routes depend on anyway.
  c.header("Vary", "Origin, Accept");
  const type = accepts(c, {
    header: "Accept",
    supports: ["application/json", "application/yaml", "text/yaml"],
    default: "application/json",
  });
  if (type === "application/json") return c.json(document);
  if (document.version !== undefined) c.header("Policy-Version", String(document.version));
  return c.body(document.source, 200, { "Content-Type": `${type}; charset=utf-8` });
}
