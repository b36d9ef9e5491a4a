import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import { maskLine } from "./log-mask.ts";
import type { LogLevel } from "./config.ts";

export type Log = Logger;

const CAUSES_MAX = 5;

/**
 * A logger of JSON lines. E-mail and IP addresses, tokens, cookies and passwords are masked in the finished line,
 * wherever in it they stand: message, fields, children's bindings or a stack trace.
 * @param options.destination standard output by default, written at once so that a killed process loses nothing.
 */
export function createLog(options: { level: LogLevel; destination?: DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      hooks: { streamWrite: maskLine },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

type ErrorDescription = {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  reason?: string;
  cause?: unknown;
};

/** Not every own property, as pino does: a driver's error carries the row it choked on. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const description: ErrorDescription = { type: error.name, message: error.message };
  if (error.stack) description.stack = error.stack;
  if ("code" in error && typeof error.code === "string") description.code = error.code;
  if ("reason" in error && typeof error.reason === "string") description.reason = error.reason;
  if (error.cause !== undefined && depth < CAUSES_MAX)
    description.cause = describeError(error.cause, depth + 1);
  return description;
}
