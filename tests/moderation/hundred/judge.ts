import { registerThread } from "../../../src/comments/register-thread.ts";
import type { TestContext } from "../../support/context.ts";
import { createTestSite, submitTestComment } from "../../support/fixtures.ts";
import { ENGLISH } from "./english.ts";
import type { JudgedComment } from "./judged.ts";
import { KOREAN } from "./korean.ts";
import { RUSSIAN } from "./russian.ts";
import { UKRAINIAN } from "./ukrainian.ts";

export const HUNDRED: Readonly<Record<string, readonly JudgedComment[]>> = {
  en: ENGLISH,
  uk: UKRAINIAN,
  ru: RUSSIAN,
  ko: KOREAN,
};

const NAMES: Readonly<Record<string, string>> = { en: "Anna", uk: "Оксана", ru: "Анна", ko: "김지우" };

/** What the balanced policy makes of all of them: each a first comment, under an article in its own language. */
export async function judgeHundred(ctx: TestContext): Promise<Map<JudgedComment, string>> {
  const site = await createTestSite(ctx, { preset: "balanced" });
  const ids = new Map<string, JudgedComment>();
  let sender = 0;
  for (const [language, comments] of Object.entries(HUNDRED)) {
    const url = `https://paper.example/${language}/prisoners-of-war`;
    await registerThread(ctx, site, { url, key: null, language });
    for (const comment of comments) {
      sender += 1;
      const [, , body] = comment;
      const from = { name: NAMES[language] ?? "Reader", email: `hundred${sender}@readers.example` };
      const ip = `198.51.${sender}.7`;
      const { id } = await submitTestComment(ctx, site, { ...from, ip, url, body });
      ids.set(id, comment);
    }
  }
  await ctx.processAll();
  const rows = await ctx.db.kysely
    .selectFrom("decisions")
    .select(["comment_id", "action", "actor"])
    .where("site_id", "=", site.id)
    .execute();
  return new Map(
    rows.flatMap((row) => {
      const comment = ids.get(row.comment_id);
      return comment ? [[comment, `${row.action} ${row.actor}`] as const] : [];
    }),
  );
}
