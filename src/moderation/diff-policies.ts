import { createTwoFilesPatch } from "diff";
import type { Context } from "../context.ts";
import { getPolicy } from "../sites/policies.ts";
import { getDraft } from "../sites/policy-drafts.ts";
import type { Site } from "../sites/site.ts";
import { type PolicyDocument, policyDocumentSchema, type PolicyRule } from "./policy/document.ts";
import { readYaml } from "./policy/read-yaml.ts";

/** A version of a policy, the one in force, or the draft. */
export type PolicyName = number | "in-force" | "draft";

export type PolicyDiff = {
  from: string;
  to: string;
  /** Unified, with three lines around each change; empty when the documents are the same. */
  text: string;
  /** By rule; null when one of the documents is not sound. */
  rules: {
    added: string[];
    removed: string[];
    changed: { id: string; members: string[] }[];
    /** Rules that come earlier or later among those that both have: the first that matches decides. */
    moved: string[];
  } | null;
  /** Other members that differ: `thresholds`, `otherwise`, … */
  members: string[];
};

/** What differs between two documents of a site. @throws AppError `not_found` */
export async function diffPolicies(
  ctx: Context,
  site: Site,
  from: PolicyName,
  to: PolicyName,
): Promise<PolicyDiff> {
  const [older, newer] = [await readNamed(ctx, site, from), await readNamed(ctx, site, to)];
  const names = [nameOf(site, from), nameOf(site, to)] as const;
  const isSame = older === newer;
  const text = isSame
    ? ""
    : createTwoFilesPatch(names[0], names[1], older, newer, undefined, undefined, { context: 3 });
  const [before, after] = [parse(older), parse(newer)];
  const sound = before !== undefined && after !== undefined;
  return {
    from: names[0],
    to: names[1],
    text,
    rules: sound ? diffRules(before.rules, after.rules) : null,
    members: sound ? diffMembers(before, after) : [],
  };
}

async function readNamed(ctx: Context, site: Site, name: PolicyName): Promise<string> {
  if (name === "draft") return (await getDraft(ctx, site)).source;
  return (await getPolicy(ctx, site, name === "in-force" ? site.policyVersion : name)).source;
}

function nameOf(site: Site, name: PolicyName): string {
  if (name === "draft") return "draft";
  return `version ${name === "in-force" ? site.policyVersion : name}`;
}

function parse(source: string): PolicyDocument | undefined {
  const read = readYaml(source);
  return "file" in read ? policyDocumentSchema.safeParse(read.file.value).data : undefined;
}

function diffRules(before: readonly PolicyRule[], after: readonly PolicyRule[]): PolicyDiff["rules"] {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const now = new Map(after.map((rule) => [rule.id, rule]));
  const shared = after.filter(({ id }) => old.has(id));
  const order = before.filter(({ id }) => now.has(id)).map(({ id }) => id);
  return {
    added: after.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    removed: before.filter(({ id }) => !now.has(id)).map(({ id }) => id),
    changed: shared.flatMap((rule) => {
      const members = differing(old.get(rule.id) ?? rule, rule);
      return members.length === 0 ? [] : [{ id: rule.id, members }];
    }),
    moved: movedOf(
      order,
      shared.map(({ id }) => id),
    ),
  };
}

/** The fewest ids that have to move to make one order the other: those outside a longest common subsequence. */
function movedOf(before: readonly string[], after: readonly string[]): string[] {
  const place = new Map(before.map((id, index) => [id, index]));
  const places = after.map((id) => place.get(id) ?? 0);
  const best = places.map(() => 1);
  const previous = places.map(() => -1);
  for (const [index, value] of places.entries()) {
    for (let earlier = 0; earlier < index; earlier += 1) {
      if ((places[earlier] ?? 0) < value && (best[earlier] ?? 0) + 1 > (best[index] ?? 0)) {
        best[index] = (best[earlier] ?? 0) + 1;
        previous[index] = earlier;
      }
    }
  }
  const kept = new Set<number>();
  for (let at = best.indexOf(Math.max(...best)); at >= 0; at = previous[at] ?? -1) kept.add(at);
  return after.filter((_, index) => !kept.has(index));
}

function diffMembers(before: PolicyDocument, after: PolicyDocument): string[] {
  const { rules: _before, ...older } = before;
  const { rules: _after, ...newer } = after;
  return differing(older, newer);
}

/** Names in which the document has them. */
const WRITTEN: Readonly<Record<string, string>> = { action: "then" };

function differing(before: object, after: object): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names
    .filter((name) => JSON.stringify(old.get(name)) !== JSON.stringify(now.get(name)))
    .map((name) => WRITTEN[name] ?? name);
}
