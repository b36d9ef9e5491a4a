import { expect, test } from "vitest";
import { emailSignal } from "../../../src/moderation/signals/email.ts";
import { makeSubject, runOn } from "./subject.ts";

test.each([
  ["ann@example.com", []],
  [" Ann.O'Hara@Mail.Example.org ", []],
  ["олена@приклад.укр", []],
  ["ann+news@example.com", ["plusTag"]],
  ["x@mailinator.com", ["disposable"]],
  ["x@in.mailinator.com", ["disposable"]],
  ["x@notmailinator.com", []],
  ["x@YOPMAIL.com", ["disposable"]],
  ["not an address", ["malformed"]],
  ["a@localhost", ["malformed"]],
  ["a@b..com", ["malformed"]],
  ["a@-b.com", ["malformed"]],
  ["@b.com", ["malformed"]],
  ["a b@c.com", ["malformed"]],
  [`${"a".repeat(65)}@b.com`, ["malformed"]],
  [
    `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(60)}.com`,
    ["malformed"],
  ],
  ["", ["malformed"]],
])("%j is %j", async (email, expected) => {
  const { values, facts } = await runOn(emailSignal, makeSubject("Hi", { email }));
  const found = Object.entries(values).flatMap(([name, value]) =>
    value === true ? [name.slice("email.".length)] : [],
  );
  expect(found).toEqual(expected);
  expect(JSON.stringify(facts)).not.toContain("@");
});
