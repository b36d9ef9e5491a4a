import { expect, test } from "vitest";
import { automationSignal } from "../../../src/moderation/signals/automation.ts";
import type { Automation } from "../../../src/sites/automation.ts";
import { makeSubject } from "./subject.ts";

const AT = "2026-03-01T12:00:00.000Z";
const chosen: Automation = {
  publishAgreement: 0.99,
  spamAgreement: 0.95,
  assurance: "observed",
  publishBelow: { value: 0.04, stopped: null, cases: 320 },
  spamFrom: { value: null, stopped: "too_few_cases", cases: 12 },
  chosenBy: "Ada",
  chosenAt: AT,
  computedAt: AT,
};
const run = (automation: Automation | null) =>
  automationSignal.run(makeSubject("Well said.", { site: { ...makeSubject("").site, automation } }));

test("a threshold is a fact that says what it rests on; one that is stopped is none", () => {
  expect(run(chosen)).toEqual({
    "automation.publishBelow": { value: 0.04, detail: { agreement: 0.99, cases: 320, computedAt: AT } },
  });
});

test("nothing is known while nothing is chosen", () => {
  expect(run(null)).toEqual({});
});
