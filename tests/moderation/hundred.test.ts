import { describe, expect, test } from "vitest";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext } from "../support/context.ts";
import { HUNDRED, judgeHundred } from "./hundred/judge.ts";
import type { JudgedComment } from "./hundred/judged.ts";

const ALL = Object.values(HUNDRED).flat();
const isWelcome = ([kind]: JudgedComment) => kind === "fair" || kind === "angry";
const isPublished = ([, judgement]: JudgedComment) => judgement.startsWith("publish");

describe("the table of a hundred comments", () => {
  test("is what a newspaper would want: no fair or angry comment waits, next to nothing else appears at once", () => {
    expect(ALL).toHaveLength(100);
    expect(ALL.filter((one) => isWelcome(one) && !isPublished(one))).toEqual([]);
    // Hatred and rhetoric in words that are harmless one by one: what the model, by its nature, cannot see.
    expect(ALL.filter((one) => !isWelcome(one) && isPublished(one)).map(([kind]) => kind)).toEqual([
      "hateful",
      "propaganda",
    ]);
  });

  test("leaves threats, insults and hatred to people: only advertising and channels are refused at once", () => {
    const refused = ALL.filter(([, judgement]) => !/^(publish|hold) /.test(judgement));
    expect(new Set(refused.map(([kind]) => kind))).toEqual(new Set(["link-spam", "propaganda"]));
  });

  test.each(BACKENDS)("is what the balanced policy makes of them, by %s", async (backend) => {
    await using ctx = await openTestContext({ backend });
    const judged = await judgeHundred(ctx);
    expect(ALL.map((one) => [judged.get(one), one[2]])).toEqual(
      ALL.map(([, judgement, body]) => [judgement, body]),
    );
  });
});
