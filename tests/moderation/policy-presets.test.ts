import { describe, expect, test } from "vitest";
import { decide } from "../../src/moderation/decide.ts";
import { compilePolicy, type CompiledPolicy } from "../../src/moderation/policy.ts";
import { PRESET_NAMES, type PresetName, readPreset } from "../../src/moderation/policy/presets.ts";
import type { FactValue } from "../../src/moderation/signal.ts";
import { FACTS } from "../../src/moderation/signals/index.ts";
import { evidenceOf } from "./policy-facts.ts";

type Values = Record<string, FactValue>;

/** A first comment of two sentences, typed into the form at leisure. */
const CLEAN: Values = {
  ...Object.fromEntries(Object.entries(FACTS).map(([name, { type }]) => [name, nothing(type)])),
  "form.token": "valid",
  "form.ageSeconds": 42.5,
  "author.status": "normal",
  "author.isNew": true,
  "campaign.decision": "none",
  "style.length": 120,
  "style.words": 22,
  "language.detected": "en",
  "language.confidence": 0.97,
  "language.matches": true,
};
delete CLEAN["author.rejectedShare"];

/** As an API caller sends it: no form, so no token and no age; and too short for much of the rest. */
const FROM_API: Values = { ...CLEAN, "form.token": "absent" };
for (const fact of ["form.ageSeconds", "style.shouting", "style.gibberish", "language.matches"])
  delete FROM_API[fact];

const policies = new Map<PresetName, CompiledPolicy>();
for (const name of PRESET_NAMES) policies.set(name, compilePolicy(await readPreset(name), FACTS));

function outcome(preset: PresetName, values: Values, down: readonly string[] = []) {
  const policy = policies.get(preset);
  if (!policy) throw new Error(`no preset ${preset}`);
  const { action, ruleId } = decide(evidenceOf(values, down), policy);
  return [action, ruleId];
}

type Row = [values: Values, action: string, ruleId: string];
const TRUSTED = { "author.status": "trusted", "author.isNew": false };

const SPAM_ROWS: Row[] = [
  [{ "form.honeypot": true }, "spam", "honeypot"],
  [{ "author.status": "banned" }, "reject", "banned-author"],
  [{ "lists.blockedEmail": true }, "reject", "blocked-sender"],
  [{ "lists.blockedIp": true }, "reject", "blocked-sender"],
  [{ "links.blocked": ["pills.example"] }, "spam", "blocked-domain"],
  [{ "lists.blockedWord": ["pills"] }, "reject", "blocked-word"],
  [{ "form.token": "invalid", "links.count": 1 }, "spam", "forged-form-with-links"],
  [{ "repeats.otherAuthors": 3, "links.count": 1 }, "spam", "campaign"],
  [{ "repeats.rejected": 3 }, "spam", "repeat-of-refused"],
  [{ "spam.score": 0.99, "links.count": 1 }, "spam", "spam-by-the-model"],
  [{ "toxicity.threat": 0.9 }, "hold", "threat"],
];

const ROWS: Record<PresetName, Row[]> = {
  open: [
    ...SPAM_ROWS,
    [{ "personal.iban": 1 }, "hold", "account-number"],
    [{ "lists.watchedWord": ["casino"] }, "hold", "watched-word"],
    [{ "links.distinctHosts": 5 }, "hold", "many-hosts"],
    [{ "links.homograph": true }, "hold", "disguised-link"],
    [{ "campaign.authors": 4, "links.count": 1 }, "hold", "spun-text"],
    [{ "flood.authorMinute": 6 }, "hold", "flood"],
  ],
  balanced: [
    ...SPAM_ROWS,
    [{ "personal.card": 1, ...TRUSTED }, "hold", "account-number"],
    [{ "links.userInfo": true, ...TRUSTED }, "hold", "disguised-link"],
    [{ "style.bidi": true }, "hold", "text-direction"],
    [{ "repeats.otherAuthors": 1 }, "hold", "same-text-from-others"],
    [{ "campaign.authors": 3 }, "hold", "spun-text"],
    [{ "flood.author": 10 }, "hold", "author-flood"],
    [{ "links.count": 4, "personal.phone": 1, "style.shouting": 1, ...TRUSTED }, "publish", "trusted-author"],
    [{ "toxicity.threat": 0.9, ...TRUSTED }, "hold", "threat"],
    [{ "toxicity.identityAttack": 0.6 }, "hold", "hateful"],
    [{ "toxicity.score": 0.8 }, "hold", "hostile"],
    [{ "toxicity.insult": 0.8 }, "hold", "hostile"],
    [{ "spam.score": 0.99 }, "hold", "reads-like-spam"],
    [{ "spam.score": 0.99, "links.count": 1, "author.isNew": false }, "hold", "reads-like-spam"],
    [{ "spam.score": 0.5, "toxicity.score": 0.4 }, "hold", "score-hold"],
    [{ "spam.score": 0.5, "links.count": 1, "form.ageSeconds": 7.0 }, "hold", "score-hold"],
    [{ "lists.watchedWord": ["casino"] }, "hold", "watched-word"],
    [{ "personal.phone": 1 }, "hold", "contact-details"],
    [{ "links.count": 2 }, "hold", "many-links"],
    [{ "links.count": 1, "links.shorteners": 1 }, "hold", "shortened-link"],
    [{ "links.count": 1, "links.markup": true }, "hold", "link-markup"],
    [{ "form.token": "wrong_thread" }, "hold", "foreign-form"],
    [{ "form.ageSeconds": 0.4 }, "hold", "sent-at-once"],
    [{ "form.ageSeconds": 3, "links.count": 1 }, "hold", "quick-link"],
    [{ "email.disposable": true }, "hold", "throw-away-email"],
    [{ "repeats.exact": 1 }, "hold", "same-text-again"],
    [{ "repeats.near": 1, "repeats.rejected": 1 }, "hold", "refused-before"],
    [{ "flood.ip": 20 }, "hold", "source-flood"],
    [{ "flood.site": 200 }, "hold", "site-flood"],
    [{ "author.rejectedShare": 0.34, "author.published": 2, "author.rejected": 1 }, "hold", "refused-author"],
    [{ "author.rejectedShare": 0.1, "author.published": 9, "author.spam": 1 }, "hold", "spammed-before"],
    [{ "style.invisible": 4 }, "hold", "hidden-characters"],
    [{ "style.mixedScript": 1, "links.count": 1 }, "hold", "look-alike-letters"],
    [{ "style.gibberish": 0.9 }, "hold", "gibberish"],
    [{ "style.shouting": 0.9 }, "hold", "shouting"],
    [{ "style.repeatedChars": 10 }, "hold", "repeated-characters"],
    [{ "style.emojiShare": 0.6, "style.length": 12 }, "hold", "emoji-flood"],
    [{ "language.matches": false, "language.detected": "de" }, "hold", "other-language"],
  ],
  strict: [
    ...SPAM_ROWS,
    [{ "toxicity.identityAttack": 0.6 }, "hold", "hostile"],
    [{ "spam.score": 0.9 }, "hold", "reads-like-spam"],
    [{ "personal.email": 1 }, "hold", "personal-data"],
    [{ "lists.watchedWord": ["casino"] }, "hold", "watched-word"],
    [TRUSTED, "hold", "trusted-author"],
    [{ "links.count": 2 }, "hold", "doubtful-link"],
    [{ "style.mixedScript": 3 }, "hold", "hidden-characters"],
    [{ "repeats.exact": 1 }, "hold", "repeat"],
    [{ "flood.ip": 20 }, "hold", "flood"],
    [{ "author.rejectedShare": 0.5, "author.published": 2, "author.spam": 2 }, "hold", "refused-author"],
    [{ "email.disposable": true }, "hold", "throw-away-email"],
  ],
};

describe.each(PRESET_NAMES)("the preset %s", (preset) => {
  const rest = preset === "strict" ? "hold" : "publish";

  test(`would ${rest} a clean first comment, from the form or the API`, () => {
    expect(outcome(preset, CLEAN)).toEqual([rest, null]);
    expect(outcome(preset, FROM_API)).toEqual([rest, null]);
  });

  test.each(ROWS[preset])("%o: %s by %s", (values, action, ruleId) => {
    expect(outcome(preset, { ...CLEAN, ...values })).toEqual([action, ruleId]);
  });

  test("has no live rule that the table above leaves out", () => {
    const live = policies.get(preset)?.rules.filter(({ mode, action }) => mode === "live" && action !== null);
    const listed = ROWS[preset].map(([, , ruleId]) => ruleId).filter((ruleId) => ruleId !== "score-hold");
    expect(new Set(live?.map(({ id }) => id))).toEqual(new Set(listed));
  });

  test.each(["form", "author", "links", "lists", "repeats", "personal", "flood", "spam", "toxicity"])(
    "publishes nothing while %s is down",
    (signal) => {
      const down = Object.keys(FACTS).filter((fact) => fact.startsWith(`${signal}.`));
      const known = Object.fromEntries(Object.entries(CLEAN).filter(([fact]) => !down.includes(fact)));
      expect(down).not.toEqual([]);
      expect(outcome(preset, known, down)[0]).toBe("hold");
    },
  );
});

test("balanced lets ordinary commenters be", () => {
  const ordinary: Values[] = [
    { "links.count": 1 },
    { "links.website": true, "form.ageSeconds": 3 },
    { "form.token": "expired", "form.ageSeconds": 90_000 },
    { "form.ageSeconds": 1.5, "style.length": 12, "style.words": 2 },
    { "style.mixedScript": 1 },
    { "style.emojiShare": 1, "style.words": 0, "style.length": 2 },
    { "language.matches": false, "author.isNew": false, "author.published": 4 },
    { "author.rejectedShare": 0.5, "author.published": 1, "author.rejected": 1, "author.isNew": false },
    { "flood.author": 5, "flood.authorMinute": 2, "flood.ip": 12, "flood.network": 30 },
    { "repeats.near": 1 },
    { "spam.score": 0.5, "toxicity.score": 0.2 },
  ];
  for (const values of ordinary)
    expect([values, outcome("balanced", { ...CLEAN, ...values })]).toEqual([values, ["publish", null]]);
});

function nothing(type: string): FactValue {
  if (type === "bool") return false;
  if (type === "string") return "";
  return type === "list<string>" ? [] : 0;
}
