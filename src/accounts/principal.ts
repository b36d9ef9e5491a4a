import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import type { Scope } from "./scopes.ts";

/** Who calls, and what they may do. */
export type Principal = {
  tokenId: string;
  /** The token's name, as it stands in decisions: who is answerable. */
  name: string;
  scopes: ReadonlySet<string>;
  /** null: all sites. */
  siteId: number | null;
};

/** @throws AppError `forbidden` unless the caller holds the scope for this site (or, without one, for all sites). */
export function requireScope(principal: Principal, scope: Scope, site?: Site): void {
  const covers = principal.siteId === null || principal.siteId === site?.id;
  if (covers && principal.scopes.has(scope)) return;
  throw new AppError("forbidden", `This needs the scope ${scope}${site ? ` for ${site.key}` : ""}.`, {
    reason: "scope_missing",
    details: { scope },
  });
}
