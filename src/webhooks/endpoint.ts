import { AppError } from "../errors.ts";
import type { EndpointRow } from "./store/endpoints.ts";

/** Why an endpoint is disabled: by hand, or because it answered 410 Gone. */
export const DISABLED_REASONS = ["manual", "gone"] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** A webhook receiver of a site, without its secrets. */
export type Endpoint = {
  id: string;
  url: string;
  description: string | null;
  /** Empty: all types. */
  types: string[];
  enabled: boolean;
  disabledReason: DisabledReason | null;
  disabledAt: Date | null;
  /** The receiver asked for a rest, or hangs: nothing is sent before. */
  pausedUntil: Date | null;
  /** Until when a rotated secret goes on signing beside the new one. */
  previousSecretUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

/** @throws AppError `not_found` for undefined. */
export function toEndpoint(row: EndpointRow | undefined, now: Date): Endpoint {
  if (!row) throw endpointNotFound();
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    types: row.types,
    enabled: row.enabled,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    pausedUntil: future(row.paused_until, now),
    previousSecretUntil: future(row.previous_secret_until, now),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function future(at: Date | null, now: Date): Date | null {
  return at !== null && at > now ? at : null;
}

export function endpointNotFound(): AppError {
  return new AppError("not_found", "There is no such endpoint.", { reason: "endpoint_not_found" });
}

export function endpointDisabled(): AppError {
  return new AppError("conflict", "The endpoint is disabled. Enable it first.", {
    reason: "endpoint_disabled",
  });
}
