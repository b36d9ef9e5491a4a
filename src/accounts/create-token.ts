import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Site } from "../sites/site.ts";
import { generateApiToken } from "./api-token.ts";
import { type Scope, SCOPES_OF_KIND, type TokenKind } from "./scopes.ts";
import { insertToken } from "./store.ts";

export type CreateTokenInput = {
  kind: TokenKind;
  name: string;
  /** Default: all that the kind may have. */
  scopes?: readonly Scope[];
  /** null: all sites. */
  site: Site | null;
  expiresAt?: Date | null;
};

/** Makes a token; its text is returned here and never again. @throws AppError `invalid_input` for a scope its kind may not have. */
export async function createToken(
  ctx: Pick<Context, "db">,
  input: CreateTokenInput,
): Promise<{ token: string; displayPrefix: string }> {
  const allowed = SCOPES_OF_KIND[input.kind];
  const scopes = input.scopes ?? allowed;
  const excess = scopes.filter((scope) => !allowed.includes(scope));
  if (excess.length > 0) {
    throw new AppError("invalid_input", `A ${input.kind} token cannot have ${excess.join(", ")}.`, {
      fields: [{ path: "scopes", message: `one of ${allowed.join(", ")}` }],
    });
  }
  const { token, displayPrefix, hash } = generateApiToken(input.kind);
  await insertToken(ctx.db, {
    id: newId(),
    hash,
    displayPrefix,
    name: input.name,
    scopes,
    siteId: input.site?.id ?? null,
    expiresAt: input.expiresAt ?? null,
  });
  return { token, displayPrefix };
}
