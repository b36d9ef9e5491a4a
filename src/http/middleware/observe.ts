import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Context } from "../../context.ts";
import { newId } from "../../ids.ts";
import type { HttpEnv } from "../env.ts";
import { putHeader } from "../put-header.ts";
import { requestHeader } from "../request-header.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** Gives each request its id, one wide log line and its place in the metrics. */
export function observeRequests(ctx: Context): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const started = performance.now();
    const given = requestHeader(c, "x-request-id");
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId();
    c.set("requestId", requestId);
    c.set("logFields", {});
    c.set("log", ctx.log);
    putHeader(c, "x-request-id", requestId);
    await next();
    const ms = performance.now() - started;
    // The last match is the handler; everything before it is middleware.
    const route = matchedRoutes(c).at(-1)?.path ?? "none";
    const { status } = c.res;
    ctx.metrics.requests.observe({ method: c.req.method, route, status: String(status) }, ms / 1_000);
    const level = status >= 500 ? "error" : "debug";
    if (!ctx.log.isLevelEnabled(level)) return;
    const line = { method: c.req.method, route, status, ms: Math.round(ms * 10) / 10, ...c.get("logFields") };
    ctx.log[level]({ requestId, ...line }, "request");
  };
}
