import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../src/errors.ts";
import { maskText } from "../src/log-mask.ts";
import { createLog } from "../src/log.ts";
import type { Log } from "../src/log.ts";

function capture(write: (log: Log) => void): string {
  let output = "";
  const destination = { write: (line: string) => void (output += line) };
  write(createLog({ level: "trace", destination }));
  for (const line of output.trim().split("\n")) JSON.parse(line);
  return output;
}

const PRIVATE = {
  email: "ada.lovelace+blog@mail.example.org",
  unicodeEmail: "jürgen@bücher.example",
  ipv4: "203.0.113.77",
  ipv6: "2001:db8:0:1::77",
  mappedIp: "::ffff:203.0.113.9",
  apiToken: "pa_admin_4fK9vQ2mXz7LbN8cRt3WsY1pHd6jGe0Ua5oIx",
  editToken: "pe_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE",
  formToken: "pf1_AAABk2Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4",
  webhookSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
};

describe("a log line", () => {
  test("holds level by name, time, message and fields", () => {
    const line: unknown = JSON.parse(
      capture((log) => log.info({ commentId: "c1", durationMs: 3.5 }, "checked")),
    );
    expect(line).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      commentId: "c1",
      durationMs: 3.5,
      msg: "checked",
    });
  });

  test("below the level is not written", () => {
    let lines = 0;
    const log = createLog({ level: "warn", destination: { write: () => void (lines += 1) } });
    log.info("no");
    log.warn("yes");
    expect(lines).toBe(1);
  });

  test.each(Object.entries(PRIVATE))("never shows an %s, wherever it stands", (_, value) => {
    const output = capture((log) => {
      log.info(`message about ${value}`);
      log.info("message with %s and %j", value, { inner: value });
      log.info({ note: value, deep: { list: [{ text: `(${value})` }] } }, "fields");
      log.info({ [value]: 1 }, "as a key");
      log.info({ text: `line one\n${value}\tand\\${value}"${value}"` }, "beside escapes");
      log.child({ bound: value }).warn("bindings");
      log.error({ err: new Error(`failed for ${value}`, { cause: new Error(`because of <${value}>`) }) });
      log.error(new AppError("invalid_input", `bad ${value}`));
      log.error({ json: JSON.stringify({ a: { b: value } }), url: `https://x.example/?q=${value}#${value}` });
    });
    const secretPart = value.replace(/^(pa_admin_|pe_|pf1_|whsec_)/, "");
    expect(output).not.toContain(secretPart);
    expect(output.split("[masked]").length - 1).toBeGreaterThanOrEqual(14);
  });

  test("never shows what a key says is secret", () => {
    const output = capture((log) => {
      log.info({
        req: {
          headers: { authorization: "Zq-value-01", cookie: "Zq-value-02", "set-cookie": ["Zq-value-03"] },
        },
        body: { password: "Zq-value-04", newPassword: "Zq-value-05", author_email: "Zq-value-06" },
        accessToken: { nested: "Zq-value-07" },
        PARLEY_SECRET: "Zq-value-08",
        clientIp: "Zq-value-09",
        ip: "Zq-value-10",
        headers: { "x-forwarded-for": "Zq-value-11", "x-api-key": "Zq-value-12" },
        token: Buffer.from("Zq-value-13"),
      });
      log.child({ remoteAddress: "Zq-value-14", token: "Zq-value-15" }).info("bound");
      log.info("Cookie: session=Zq-value-16; other=Zq-value-17");
      log.info("sent Authorization: Basic Zq-value-18, then Bearer Zq-value-19");
      log.info("connect postgres://parley:Zq-value-20@db:5432/parley?password=Zq-value-21 failed");
      log.info('body {"password":"Zq-value-22","n":1}');
    });
    expect(output).not.toContain("Zq-value");
    expect(output).not.toContain(String(Buffer.from("Zq-value-13").toJSON().data));
    expect(output).toContain("connect postgres://[masked]@db:5432/parley");
  });

  test("an error keeps its type, code, reason, stack and causes, and loses what a driver hung onto it", () => {
    const driver = Object.assign(new Error("duplicate key"), {
      code: "23505",
      detail: "Key (body)=(the comment) already exists",
    });
    const error = new AppError("conflict", "Already there.", { reason: "duplicate", cause: driver });
    const output = capture((log) => log.error({ err: error }, "failed"));
    expect(JSON.parse(output)).toMatchObject({
      err: {
        type: "AppError",
        message: "Already there.",
        stack: expect.stringContaining("log.test.ts"),
        code: "conflict",
        reason: "duplicate",
        cause: { type: "Error", message: "duplicate key", code: "23505" },
      },
    });
    expect(output).not.toContain("the comment");
  });

  test("causes that go round end", () => {
    const error = new Error("round");
    error.cause = error;
    expect(capture((log) => log.error({ err: error })).match(/"message":"round"/g)).toHaveLength(6);
  });
});

describe("maskText", () => {
  test.each([
    "12:30:45 checked 3 comments in 1.5 ms",
    "2024-05-01T12:30:45.123Z",
    "at run (file:///srv/parley/src/main.ts:12:34)",
    "listening on http://127.0.0.1:8080 and [::1]:8080",
    "version 18.4.0 of C++ std::move",
    "018f4d2e-7b1a-7c3d-9e4f-0123456789ab",
    "comment.published for thread a/b",
    "Unexpected token < in JSON at position 3",
  ])("leaves alone: %s", (text) => {
    expect(maskText(text)).toBe(text);
  });

  test("hides any e-mail, IP address or token between any text", () => {
    const secret = fc.oneof(
      fc.emailAddress(),
      fc.ipV4().filter((ip) => !/^127\.|^0\.0\.0\.0$/.test(ip)),
      fc.ipV6().filter((ip) => !/^::1?$/.test(ip)),
      fc.stringMatching(/^pa_mod_[0-9A-Za-z]{28,40}$/),
    );
    const around = fc.constantFrom("", " ", "\n", '"', "(", "<", ", ", "\\", " sender: ", "ip:", "=", "é ");
    fc.assert(
      fc.property(
        around,
        secret,
        fc.constantFrom("", " ", "\n", '"', ")", ">", ", ", ";", ":", ": refused", ".", "]:443"),
        (before, value, after) => {
          expect(maskText(before + value + after)).not.toContain(value);
        },
      ),
      { numRuns: 500, examples: [["", "::0.0.0.0", ": refused"]] },
    );
  });

  test("cuts a very long text, and hostile ones take no long time", () => {
    expect(maskText("x".repeat(20_000))).toHaveLength(16_390);
    const pieces = ["a", "a.", "@", "a@", "1.", ":", "f:", "pe_", "token=", "://", "cookie:", "Bearer "];
    const startMs = performance.now();
    for (const piece of pieces) maskText(piece.repeat(16_384 / piece.length));
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});
