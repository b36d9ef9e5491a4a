import type { Context } from "../context.ts";
import { getPolicy } from "../sites/policies.ts";
import type { Site } from "../sites/site.ts";
import { type CompiledPolicy, compilePolicy } from "./policy.ts";
import { FACTS } from "./signals/index.ts";

/** The policy in force for a site. */
export async function getActivePolicy(ctx: Context, site: Site): Promise<CompiledPolicy> {
  return getCompiledPolicy(ctx, site, site.policyVersion);
}

/**
 * One version of a site's policy, compiled once per version.
 * @throws AppError `not_found` for no such version, `invalid_input` for one that does not compile (any more)
 */
export async function getCompiledPolicy(ctx: Context, site: Site, version: number): Promise<CompiledPolicy> {
  const key = `${site.id}:${version}`;
  const cached = ctx.caches.policies.get(key);
  if (cached) return cached;
  const { source } = await getPolicy(ctx, site, version);
  const compiled = compilePolicy(source, FACTS, version);
  ctx.caches.policies.set(key, compiled);
  return compiled;
}
