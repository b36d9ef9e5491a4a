import type { Context } from "../context.ts";
import { getPolicy } from "../sites/policies.ts";
import type { Site } from "../sites/site.ts";
import { type CompiledPolicy, compilePolicy } from "./policy.ts";
import { FACTS } from "./signals/index.ts";

/** The policy in force for a site, compiled once per version. */
export async function getActivePolicy(ctx: Context, site: Site): Promise<CompiledPolicy> {
  const key = `${site.id}:${site.policyVersion}`;
  const cached = ctx.caches.policies.get(key);
  if (cached) return cached;
  const { source } = await getPolicy(ctx, site, site.policyVersion);
  const compiled = compilePolicy(source, FACTS, site.policyVersion);
  ctx.caches.policies.set(key, compiled);
  return compiled;
}
