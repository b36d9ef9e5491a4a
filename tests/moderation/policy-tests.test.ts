import { describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { checkPolicy } from "../../src/moderation/check-policy.ts";

const RULES = `version: 1
name: Tested
rules:
  - { id: links, description: Links, when: links.count >= 2 && author.isNew, then: hold, reason: links }
  - { id: shouting, description: Shouting, when: style.shouting > 0.7, then: reject, reason: shouting }
otherwise: publish
tests:
`;

const problemsOf = async (tests: string) => {
  const error = await checkPolicy(RULES + tests).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (!(error instanceof AppError)) throw error;
  return error.fields.map(({ path, message }) => `${path}: ${message}`);
};

describe("tests in a policy's document", () => {
  test("that pass are counted", async () => {
    const summary = await checkPolicy(`${RULES}
  - { name: two links of a new author, given: { links.count: 2, author.isNew: true }, expect: { action: hold, rule: links } }
  - { name: a regular may, given: { links.count: 2, author.isNew: false }, expect: { action: publish, rule: otherwise } }
  - { name: capitals, given: { text: "THIS IS AN OUTRAGE AND YOU ALL KNOW IT" }, expect: { action: reject, reason: shouting } }
  - name: links in a text, whoever wrote it
    given: { text: "See https://one.example and https://two.example for more.", author.isNew: true }
    expect: { action: hold, rule: links }
`);
    expect(summary.tests).toBe(4);
  });

  test("that fail say what came out instead, where, and what was lacking", async () => {
    expect(
      await problemsOf(`
  - { name: no, given: { links.count: 2 }, expect: { action: hold, rule: links } }
  - { name: loud, given: { style.shouting: 0.9 }, expect: { action: publish } }
`),
    ).toEqual([
      'tests.0: "no": expected hold by links, but it is publish by otherwise for no_objection (links needs author.isNew), line 9, column 5',
      'tests.1: "loud": expected publish, but it is reject by shouting for shouting, line 10, column 5',
    ]);
  });

  test("are checked before they run", async () => {
    expect(
      await problemsOf(`
  - { name: a, given: { links.cuont: 2 }, expect: { action: hold } }
  - { name: b, given: { links.count: many }, expect: { action: hold } }
  - { name: c, given: {}, expect: { action: hold, rule: nobody } }
  - { name: d, given: {}, expect: { action: reject, reason: threat } }
`),
    ).toEqual([
      expect.stringMatching(/^tests\.0\.given\.links\.cuont: There is no fact links\.cuont, line 9/),
      expect.stringMatching(/^tests\.1\.given\.links\.count: links\.count is of type int, line 10/),
      expect.stringMatching(/^tests\.2\.expect\.rule: There is no rule nobody, line 11/),
      expect.stringMatching(/^tests\.3\.expect\.action: threat is never decided/),
    ]);
    expect(await problemsOf("  - { name: a, expect: { action: hold } }")).toHaveLength(1);
  });
});
