import type { HttpBindings } from "@hono/node-server";
import type { Context as HonoContext } from "hono";
import type { Principal } from "../accounts/principal.ts";
import type { Log } from "../log.ts";
import type { Answer } from "./answer.ts";
import type { ParsedSubmission } from "./submission-body.ts";

/** What the middleware leaves for handlers. */
export type HttpEnv = {
  Bindings: Partial<Pick<HttpBindings, "incoming"> & { outgoing: Answer }>;
  Variables: {
    requestId: string;
    log: Log;
    principal: Principal | undefined;
    submission: ParsedSubmission | undefined;
    /** Extra fields of the request's one log line. */
    logFields: Record<string, unknown>;
  };
};

export type Request = HonoContext<HttpEnv>;
