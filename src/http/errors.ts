import { HTTPException } from "hono/http-exception";
import { AppError } from "../errors.ts";
import { renderErrorPage } from "../web/pages/error-page.ts";
import type { Request } from "./env.ts";
import { PROBLEM_CONTENT_TYPE, problemFromError, type ProblemStatus } from "./problem.ts";
import { wantsHtml } from "./wants-html.ts";

/** Every refusal and every failure, as problem+json, or as a page for a browser. An unknown error is logged whole and told as one fixed sentence. */
export function answerError(error: Error, c: Request): Response {
  const known = asAppError(error);
  if (!known) {
    c.get("log").error({ requestId: c.get("requestId"), err: error }, "request failed");
    return answer(c, 500, {}, internalProblem(c.get("requestId")));
  }
  // The rest of an oversized body is not read, so the connection cannot be used again.
  if (known.code === "too_large") c.header("Connection", "close");
  if (known.code === "unavailable") {
    c.get("log").warn({ requestId: c.get("requestId"), err: known }, "not available");
  }
  const { status, headers, body } = problemFromError(known, {
    requestId: c.get("requestId"),
    instance: c.req.path,
  });
  return answer(c, status, headers, body);
}

function internalProblem(requestId: string) {
  return {
    type: "urn:parley:problem:internal",
    title: "Something went wrong",
    status: 500,
    detail: "This is our fault. It has been logged with the request id.",
    code: "internal",
    requestId,
  };
}

export function answerNotFound(c: Request): Response {
  return answerError(new AppError("not_found", "There is nothing here."), c);
}

function asAppError(error: Error): AppError | undefined {
  if (error instanceof AppError) return error;
  if (!(error instanceof HTTPException) || error.status >= 500) return undefined;
  // Hono's own refusals: bodies that cannot be parsed.
  if (error.status === 413) return new AppError("too_large", "The request is too large.");
  return new AppError("invalid_input", error.message || "The request cannot be read.", {
    reason: "malformed",
  });
}

type Told = { title: string; detail: string };

function answer(
  c: Request,
  status: ProblemStatus | 500,
  headers: Record<string, string>,
  body: Told,
): Response {
  if (!wantsHtml(c)) {
    return c.body(JSON.stringify(body), status, { "Content-Type": PROBLEM_CONTENT_TYPE, ...headers });
  }
  c.header("Cache-Control", "no-store");
  for (const [name, value] of Object.entries(headers)) if (name !== "Content-Type") c.header(name, value);
  return c.html(
    renderErrorPage({ title: body.title, sentence: body.detail, requestId: c.get("requestId") }),
    status,
  );
}
