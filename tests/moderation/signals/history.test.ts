import { describe, expect, test } from "vitest";
import { authorSignal } from "../../../src/moderation/signals/author.ts";
import { floodSignal } from "../../../src/moderation/signals/flood.ts";
import { formSignal } from "../../../src/moderation/signals/form.ts";
import { makeSubject, NOW, runOn } from "./subject.ts";

describe("form", () => {
  test("tells of a token, its age and the honeypot", async () => {
    const form = { token: "expired", ageMs: 4_500, honeypotFilled: true } as const;
    const { values } = await runOn(formSignal, makeSubject("Hi", { request: { form, ipListEntry: null } }));
    expect(values).toEqual({ "form.token": "expired", "form.ageSeconds": 4.5, "form.honeypot": true });
  });

  test("says nothing of an unknown age", async () => {
    const form = { token: "absent", ageMs: null, honeypotFilled: false } as const;
    const { values } = await runOn(formSignal, makeSubject("Hi", { request: { form, ipListEntry: null } }));
    expect(values).toEqual({ "form.token": "absent", "form.honeypot": false });
  });
});

test("flood passes each count on under its own name", async () => {
  const flood = {
    authorLastMinute: 1,
    authorLastTenMinutes: 2,
    ipLastTenMinutes: 3,
    networkLastTenMinutes: 4,
    siteLastMinute: 5,
  };
  const { values } = await runOn(floodSignal, makeSubject("Hi", { flood }));
  expect(values).toEqual({
    "flood.authorMinute": 1,
    "flood.author": 2,
    "flood.ip": 3,
    "flood.network": 4,
    "flood.site": 5,
  });
});

describe("author", () => {
  const author = {
    status: "trusted",
    publishedCount: 6,
    rejectedCount: 1,
    spamCount: 1,
    heldCount: 2,
    firstSeenAt: new Date(NOW.getTime() - 36 * 3_600_000),
  } as const;

  test("counts what was decided", async () => {
    const { values } = await runOn(authorSignal, makeSubject("Hi", { author }));
    expect(values).toEqual({
      "author.status": "trusted",
      "author.published": 6,
      "author.rejected": 1,
      "author.spam": 1,
      "author.held": 2,
      "author.rejectedShare": 0.25,
      "author.ageDays": 1.5,
      "author.isNew": false,
    });
  });

  test("has no share before the first decision, and is new before the first publication", async () => {
    const fresh = { ...author, publishedCount: 0, rejectedCount: 0, spamCount: 0 };
    const { values } = await runOn(authorSignal, makeSubject("Hi", { author: fresh }));
    expect(values).not.toHaveProperty("author.rejectedShare");
    expect(values["author.isNew"]).toBe(true);
  });

  test("is never younger than nothing", async () => {
    const fresh = { ...author, firstSeenAt: new Date(NOW.getTime() + 5) };
    const { values } = await runOn(authorSignal, makeSubject("Hi", { author: fresh }));
    expect(values["author.ageDays"]).toBe(0);
  });
});
