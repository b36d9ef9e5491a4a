import { describe, expect, test } from "vitest";
import { personalSignal } from "../../../src/moderation/signals/personal.ts";
import { makeSubject, runOn } from "./subject.ts";

const personalOf = (body: string) => runOn(personalSignal, makeSubject(body));

describe("telephone numbers", () => {
  test.each([
    ["call +380 50 123 45 67 now", "+380 50 123 45 67"],
    ["+38 (050) 123-45-67", "+38 (050) 123-45-67"],
    ["tel:+14155552671.", "+14155552671"],
    ["мій номер 050 123 45 67", "050 123 45 67"],
    ["0501234567", "0501234567"],
    ["(044) 123-45-67", "(044) 123-45-67"],
    ["звоните 8 (912) 345-67-89", "8 (912) 345-67-89"],
    ["89123456789", "89123456789"],
    ["번호는 010-1234-5678로", "010-1234-5678"],
    ["01012345678", "01012345678"],
    ["(555) 223-4567", "(555) 223-4567"],
    ["1-800-555-1234", "1-800-555-1234"],
    ["ring 020 7946 0958", "020 7946 0958"],
    ["Tel. 030/1234567", "030/1234567"],
    ["01 42 68 53 00", "01 42 68 53 00"],
    ["00380501234567", "00380501234567"],
    ["０５０１２３４５６７", "０５０１２３４５６７"],
  ])("%j has %j", async (body, piece) => {
    const { values, pieces } = await personalOf(body);
    expect(pieces["personal.phone"]).toEqual([piece]);
    expect(values["personal.phone"]).toBe(1);
  });

  test("two numbers side by side are two", async () => {
    const { pieces } = await personalOf("0501234567 0671234567");
    expect(pieces["personal.phone"]).toEqual(["0501234567", "0671234567"]);
  });

  test.each([
    "1,000,000 people and 2 500 000 more",
    "in 2019, 2020 and 2021 2022 2023",
    "from 1999-2004 to 2012-2016",
    "on 01.02.2023 12 or 2023-01-15 10 or 24/02/2022",
    "at 10:30-12:45",
    "ISBN 978-3-16-148410-0",
    "ISBN: 0-306-40615-2",
    "$1 234 567 890 or 0 800 000 000 €",
    "3.14159265358979",
    "50.4501234, 30.5234567",
    "192.168.100.200",
    "order #0501234567",
    "id0501234567",
    "https://example.com/0501234567",
    "0.0123456789",
    "100 200 300",
    "1234567890123456",
    "Win 7-0, 6-4 6-3 7-5",
    "+100500",
  ])("%j has none", async (body) => {
    expect((await personalOf(body)).values["personal.phone"]).toBe(0);
  });
});

describe("payment cards", () => {
  test.each([
    ["4111 1111 1111 1111", "4111 1111 1111 1111"],
    ["card 4111-1111-1111-1111, 12/27", "4111-1111-1111-1111"],
    ["4111 1111 1111 1111 12/27 123", "4111 1111 1111 1111"],
    ["5500000000000004", "5500000000000004"],
    ["3782 822463 10005", "3782 822463 10005"],
    ["2200123456789019", "2200123456789019"],
  ])("%j has %j", async (body, piece) => {
    const { values, pieces } = await personalOf(body);
    expect(pieces["personal.card"]).toEqual([piece]);
    expect(values["personal.phone"]).toBe(0);
  });

  test.each([
    "4111 1111 1111 1112",
    "4111111111111111111111",
    "4111 1111 1111 1111 1111",
    "0000 0000 0000 0000",
    "9780306406157",
    "1234567812345670",
    "4.111111111111111",
    "https://example.com/4111111111111111",
  ])("%j has none", async (body) => {
    expect((await personalOf(body)).values["personal.card"]).toBe(0);
  });
});

describe("bank accounts", () => {
  test.each([
    ["GB29 NWBK 6016 1331 9268 19", "GB29 NWBK 6016 1331 9268 19"],
    ["IBAN: DE89370400440532013000.", "DE89370400440532013000"],
    ["на рахунок UA213223130000026007233566001 дякую", "UA213223130000026007233566001"],
    ["mt84malt011000012345mtlcast001s", "mt84malt011000012345mtlcast001s"],
    ["NO93 8601 1117 947 please", "NO93 8601 1117 947"],
  ])("%j has %j", async (body, piece) => {
    const { values, pieces } = await personalOf(body);
    expect(pieces["personal.iban"]).toEqual([piece]);
    expect(values["personal.phone"]).toBe(0);
  });

  test.each([
    "GB28 NWBK 6016 1331 9268 19",
    "DE8937040044053201300",
    "DE893704004405320130001",
    "xDE89370400440532013000",
    "ZZ29 NWBK 6016 1331 9268 19",
    "DE89  37040044053201300",
  ])("%j has none", async (body) => {
    expect((await personalOf(body)).values["personal.iban"]).toBe(0);
  });
});

test.each([
  ["write to Ann.Smith+x@mail.example.com.", ["Ann.Smith+x@mail.example.com"]],
  ["mailto:a@b.com, c@d.org", ["mailto:a@b.com", "c@d.org"]],
  ["ann@example.com is mine", ["ann@example.com"]],
  ["@ann at 5 @ home", []],
  ["https://user@host.example/", []],
])("e-mail addresses of %j are %j", async (body, expected) => {
  const { values, pieces } = await personalOf(body);
  expect(pieces["personal.email"]).toEqual(expected);
  expect(values["personal.email"]).toBe(expected.length);
});

test("the data itself is never repeated", async () => {
  const { facts } = await personalOf("ann@example.com 4111111111111111 +380501234567 DE89370400440532013000");
  expect(Object.values(facts).map((fact) => [fact.value, fact.detail])).toEqual(
    Array.from({ length: 4 }, () => [1, undefined]),
  );
});
