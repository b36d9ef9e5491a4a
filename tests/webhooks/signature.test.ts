import * as fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import { generateWebhookSecret, parseWebhookSecret } from "../../src/webhooks/secret.ts";
import { signWebhook } from "../../src/webhooks/signature.ts";

const OFFICIAL = {
  secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestampSeconds: 1_614_265_330,
  body: '{"test": 2432232314}',
};

function secretOf(bytes: number): string {
  return `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
}

function headersOf(input: Parameters<typeof signWebhook>[0]): Record<string, string> {
  return {
    "webhook-id": input.id,
    "webhook-timestamp": String(input.timestampSeconds),
    "webhook-signature": signWebhook(input),
  };
}

describe("signWebhook", () => {
  it("makes the signature of the specification's own test suites", () => {
    expect(signWebhook(OFFICIAL)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("signs bytes and the text that they encode alike", () => {
    const body = '{"name":"Zoë 🦊"}';
    expect(signWebhook({ ...OFFICIAL, body: Buffer.from(body) })).toBe(signWebhook({ ...OFFICIAL, body }));
  });

  it("is accepted by an independent receiver, whatever the content, and only with its own secret", () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
    const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 });
    fc.assert(
      fc.property(id, fc.jsonValue(), bytes, (id, value, key) => {
        const secret = `whsec_${Buffer.from(key).toString("base64")}`;
        const body = JSON.stringify({ value });
        const timestampSeconds = Math.floor(Date.now() / 1000);
        const headers = headersOf({ id, timestampSeconds, body, secrets: [secret] });
        expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
        expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
        expect(() => new Webhook(generateWebhookSecret()).verify(body, headers)).toThrow(
          "No matching signature",
        );
      }),
      { numRuns: 50 },
    );
  });

  it("satisfies receivers with the old and with the new secret during a rotation", () => {
    const [older, newer] = [generateWebhookSecret(), generateWebhookSecret()];
    const input = { ...OFFICIAL, timestampSeconds: Math.floor(Date.now() / 1000), secrets: [newer, older] };
    const headers = headersOf(input);
    expect(headers["webhook-signature"]).toMatch(/^v1,\S{44} v1,\S{44}$/);
    for (const secret of [older, newer]) {
      expect(new Webhook(secret).verify(input.body, headers)).toEqual({ test: 2_432_232_314 });
    }
  });

  it.each([
    ["an id with a dot", { id: "msg.1" }],
    ["an id that ends the header", { id: "msg\r\nx: y" }],
    ["an empty id", { id: "" }],
    ["fractions of a second", { timestampSeconds: 1.5 }],
    ["a time before 1970", { timestampSeconds: -1 }],
    ["no secret", { secrets: [] }],
    ["one bad secret among good ones", { secrets: [secretOf(32), "whsec_x"] }],
  ])("refuses %s", (_what, change) => {
    expect(() => signWebhook({ ...OFFICIAL, ...change })).toThrow(AppError);
  });
});

describe("webhook secrets", () => {
  it("are 32 random bytes that parse", () => {
    const [one, other] = [generateWebhookSecret(), generateWebhookSecret()];
    expect(parseWebhookSecret(one)).toHaveLength(32);
    expect(one).not.toBe(other);
  });

  it.each([24, 64])("may have %i bytes", (bytes) => {
    expect(parseWebhookSecret(secretOf(bytes))).toEqual(Buffer.alloc(bytes, 7));
  });

  it.each([
    ["23 bytes", secretOf(23)],
    ["65 bytes", secretOf(65)],
    ["another prefix", secretOf(32).replace("whsec_", "whpk_")],
    ["no prefix", secretOf(32).slice(6)],
    ["missing padding", secretOf(32).slice(0, -1)],
    ["the URL alphabet", `whsec_${"_-".repeat(16)}`],
    ["white space within", secretOf(32).replace("BwcH", "Bw cH")],
    ["bits that do not count set", `whsec_${Buffer.alloc(25).toString("base64").replace("A==", "B==")}`],
    ["nothing", ""],
  ])("are refused with %s, without repeating them", (_what, text) => {
    let refusal: unknown;
    try {
      parseWebhookSecret(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: "invalid_input", fields: [{ path: "secret" }] });
    if (text) expect(JSON.stringify(refusal) + String(refusal)).not.toContain(text);
  });
});
