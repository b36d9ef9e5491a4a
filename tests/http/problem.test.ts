import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError, ERROR_CODES } from "../../src/errors.ts";
import { problemFromError } from "../../src/http/problem.ts";

describe("problemFromError", () => {
  test.each([
    ["invalid_input", 422],
    ["not_authenticated", 401],
    ["forbidden", 403],
    ["not_found", 404],
    ["conflict", 409],
    ["rate_limited", 429],
    ["too_large", 413],
    ["unsupported_media", 415],
    ["unavailable", 503],
  ] as const)("%s is %d", (code, status) => {
    const problem = problemFromError(new AppError(code, "A sentence."), { requestId: "r1" });
    expect(problem).toEqual({
      status,
      headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
      body: {
        type: `urn:parley:problem:${code}`,
        title: expect.stringMatching(/^[A-Z]/),
        status,
        detail: "A sentence.",
        code,
        requestId: "r1",
      },
    });
  });

  test("lists every wrong field, the reason, the details and when to come again", () => {
    const error = new AppError("rate_limited", "Slow down.", {
      reason: "flood",
      fields: [
        { path: "body", message: "is needed" },
        { path: "rules.2.when", message: "does not parse" },
      ],
      details: { limit: 6 },
      retryAfterSeconds: 9.2,
    });
    expect(problemFromError(error, { requestId: "r1", instance: "/api/v1/comments" })).toMatchObject({
      headers: { "Retry-After": "10" },
      body: {
        instance: "/api/v1/comments",
        reason: "flood",
        errors: error.fields,
        limit: 6,
        retryAfterSeconds: 10,
      },
    });
  });

  test("no detail replaces a member of the problem, and no cause or stack is told", () => {
    const member = fc.constantFrom("type", "title", "status", "detail", "code", "requestId");
    fc.assert(
      fc.property(fc.constantFrom(...ERROR_CODES), fc.dictionary(member, fc.string()), (code, details) => {
        const context = { requestId: "r1" };
        const cause = new Error("connect to 10.0.0.5");
        const { body } = problemFromError(new AppError(code, "No.", { details, cause }), context);
        expect(body).toEqual(problemFromError(new AppError(code, "No."), context).body);
      }),
    );
  });
});
