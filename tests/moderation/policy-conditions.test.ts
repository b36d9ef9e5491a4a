import { describe, expect, test } from "vitest";
import { compilePolicy } from "../../src/moderation/policy.ts";
import { decide } from "../../src/moderation/decide.ts";
import { documentOf, evidenceOf, TEST_FACTS } from "./policy-facts.ts";

/** What became of a single rule with this condition. */
function outcomeOf(when: string, values: Parameters<typeof evidenceOf>[0], down: readonly string[] = []) {
  const policy = compilePolicy(documentOf([{ when }]), TEST_FACTS);
  const { outcome, lacking, error } = decide(evidenceOf(values, down), policy).trace[0] ?? {};
  return lacking ?? error ?? outcome;
}

describe("facts of every type", () => {
  test.each([
    ["links.count >= 2", { "links.count": 2 }, true],
    ["links.count >= 2", { "links.count": 1 }, false],
    ["links.count == 0", { "links.count": 0 }, true],
    ["links.count + 1 > 9007199254740991", { "links.count": Number.MAX_SAFE_INTEGER }, true],
    ["links.count > 1.5", { "links.count": 2 }, true],
    ["style.shouting > 0.7", { "style.shouting": 0.71 }, true],
    ["style.shouting > 0.7", { "style.shouting": 0.7 }, false],
    ["style.shouting >= 1", { "style.shouting": 1 }, true],
    ["links.website", { "links.website": true }, true],
    ["!links.website", { "links.website": true }, false],
    ['"x.example" in links.hosts', { "links.hosts": ["x.example", "y.example"] }, true],
    ['"x.example" in links.hosts', { "links.hosts": ["notx.example"] }, false],
    ["links.hosts.size() > 0", { "links.hosts": [] }, false],
    ["size(links.hosts) == 1", { "links.hosts": ["a"] }, true],
    ['links.hosts.exists(host, host.endsWith(".example"))', { "links.hosts": ["a.test", "b.example"] }, true],
    ['links.hosts.all(host, host.startsWith("a"))', { "links.hosts": ["a.test", "b.example"] }, false],
    [
      'links.hosts.filter(host, host.contains("a")).size() == 1',
      { "links.hosts": ["a.test", "b.test"] },
      true,
    ],
    ['author.status in ["trusted", "banned"]', { "author.status": "banned" }, true],
    ['author.status.lowerAscii() == "trusted"', { "author.status": "Trusted" }, true],
    [
      "double(author.rejected) / double(author.published) > 0.3",
      { "author.rejected": 1, "author.published": 3 },
      true,
    ],
    ["true // a comment", {}, true],
  ])("%s with %o: %s", (when, values, matches) => {
    expect(outcomeOf(when, values)).toBe(matches ? "matched" : "not_matched");
  });
});

describe("a fact that nobody produced", () => {
  test.each([
    ["links.count > 3", {}, ["links.count"]],
    // Not false: what is right of || would have counted, but the rule asked for both.
    ['author.status == "trusted" || links.count > 3', { "links.count": 4 }, ["author.status"]],
    ['author.status == "trusted" && links.count > 3', {}, ["author.status", "links.count"]],
    ["has(links.count) && links.count > 3", {}, "not_matched"],
    ["has(links.count) && links.count > 3", { "links.count": 4 }, "matched"],
    ["has(links.count) && links.website && links.count > 3", { "links.website": true }, "not_matched"],
    ["links.website && has(links.count) && links.count > 3", { "links.website": true }, "not_matched"],
    ["!has(links.count) || links.count > 3", {}, "matched"],
    ["has(links.count) ? links.count > 3 : links.website", { "links.website": true }, "matched"],
    ["!has(links.count) ? links.website : links.count > 3", { "links.website": true }, "matched"],
    // The guard must hold where the fact is used.
    ["has(links.count) || links.count > 3", {}, ["links.count"]],
    ["!has(links.count) && links.count > 3", {}, ["links.count"]],
    ["links.count > 3 && has(links.count)", {}, ["links.count"]],
    ["(has(links.count) || links.website) && links.count > 3", { "links.website": true }, ["links.count"]],
    ["has(links.count) && author.published > 3", {}, ["author.published"]],
  ])("%s with %o: %o", (when, values, outcome) => {
    expect(outcomeOf(when, values)).toEqual(outcome);
  });
});

describe("a fact whose check is down", () => {
  test.each([
    ["links.count > 3", {}, ["links.count"]],
    ["links.website || links.count > 3", { "links.website": true }, ["links.count"]],
    // has() asks whether the fact applies, which nobody knows now.
    ["has(links.count) && links.count > 3", {}, ["links.count"]],
    ["!has(links.count)", {}, ["links.count"]],
  ])("%s with %o", (when, values, lacking) => {
    expect(outcomeOf(when, values, ["links.count"])).toEqual(lacking);
  });

  test("a value of another type than declared is no better than none", () => {
    for (const value of ["3", 1.5, Number.NaN, 2 ** 60, true, ["3"]]) {
      expect(outcomeOf("links.count > 3", { "links.count": value })).toEqual(["links.count"]);
    }
    expect(outcomeOf("style.shouting > 3.0", { "style.shouting": Number.NaN })).toEqual(["style.shouting"]);
  });
});

test.each([
  ["author.published / author.rejected > 2", "division_by_zero"],
  ["author.published % author.rejected > 2", "modulo_by_zero"],
  ['links.hosts[0] == "a"', "index_out_of_bounds"],
  ["int(author.status) > 1", "int_conversion_error"],
])("a condition that fails: %s", (when, error) => {
  const values = {
    "author.published": 1,
    "author.rejected": 0,
    "links.hosts": [],
    "author.status": "secret",
  };
  expect(outcomeOf(when, values)).toBe(error);
});
