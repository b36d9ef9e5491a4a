import { z } from "zod";

/** What a site has of one external check, as it is stored: settings complete, the secret sealed (base64). */
const externalEntrySchema = z.object({
  enabled: z.boolean(),
  settings: z.record(z.string(), z.unknown()),
  secret: z.string().nullable().default(null),
});
export type ExternalEntry = z.infer<typeof externalEntrySchema>;

export const externalSchema = z.record(z.string(), externalEntrySchema);

/** What a site asks of others, by the name of the check; empty for a site that keeps to itself. */
export type ExternalChecks = z.infer<typeof externalSchema>;

/** Whether some check that is on wants the sender's address, which is otherwise not kept. */
export function wantsSender(checks: ExternalChecks): boolean {
  return Object.values(checks).some(({ enabled, settings }) => enabled && settings["sendIp"] === true);
}
