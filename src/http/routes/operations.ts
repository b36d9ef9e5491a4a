import type { Context } from "../../context.ts";
import { collectGauges, createReadiness } from "../../readiness.ts";
import type { App } from "../app.ts";
import { bearerToken } from "../bearer.ts";
import { AppError } from "../../errors.ts";
import { createHash, timingSafeEqual } from "node:crypto";

/** For orchestrators and monitors: alive, ready, and figures in Prometheus' text format. */
export function operationsRoutes(app: App, ctx: Context): void {
  // Alive means: this process answers. Whether its database does is readiness, and no reason to be restarted.
  app.get("/healthz", (c) => c.json({ status: "alive" }));

  const checkReadiness = createReadiness(ctx);
  app.get("/readyz", async (c) => {
    const readiness = await checkReadiness();
    c.header("Cache-Control", "no-store");
    return c.json(readiness, readiness.ready ? 200 : 503);
  });

  app.get("/metrics", async (c) => {
    const { token } = ctx.config.metrics;
    if (token !== null && !sameText(bearerToken(c) ?? "", token)) {
      throw new AppError("not_authenticated", "Send the metrics token as bearer token.");
    }
    const gauges = await collectGauges(ctx);
    const { registry } = ctx.metrics;
    return c.body((await registry.metrics()) + gauges, 200, { "Content-Type": registry.contentType });
  });
}

function sameText(given: string, expected: string): boolean {
  return timingSafeEqual(hash(given), hash(expected));
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
