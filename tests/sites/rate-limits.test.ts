import { describe, expect, it } from "vitest";
import { createRateLimits } from "../../src/sites/rate-limits.ts";
import { siteSettingsSchema } from "../../src/sites/schema.ts";
import type { Site } from "../../src/sites/site.ts";

const siteWith = (limits: Record<string, number>): Site => ({
  id: 1,
  key: "paper",
  name: "The Paper",
  language: null,
  origins: [],
  hosts: [],
  settings: siteSettingsSchema.parse({ limits }),
  policyVersion: 1,
  rowVersion: "1",
});

describe("createRateLimits", () => {
  it("does not let one sender use up what others share, nor lock a chosen author out", async () => {
    const limits = createRateLimits({ kind: "memory" });
    const site = siteWith({ perIpPerTenMinutes: 2, perAuthorPerTenMinutes: 5, perSitePerMinute: 5 });
    const flood = Array.from({ length: 50 }, () =>
      limits.spendSubmission(site, { network: "one", author: "victim" }),
    );
    const results = await Promise.allSettled(flood);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    const state = await limits.spendSubmission(site, { network: "elsewhere", author: "victim" });
    expect(state.remaining).toBeGreaterThan(0);
  });

  it("says how long to wait", async () => {
    const limits = createRateLimits({ kind: "memory" });
    const site = siteWith({ perAuthorPerTenMinutes: 1 });
    await limits.spendSubmission(site, { network: "a", author: "x" });
    await expect(limits.spendSubmission(site, { network: "b", author: "x" })).rejects.toMatchObject({
      code: "rate_limited",
      reason: "limit_author",
      retryAfterSeconds: 600,
    });
  });
});
