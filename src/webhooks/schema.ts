import { z } from "zod";
import { EVENT_TYPES } from "./events.ts";

export const ENDPOINTS_PER_SITE_MAX = 50;
const DESCRIPTION_CHARS_MAX = 300;
/** A secret of 64 bytes in base64, with its prefix and room to say what is wrong with a longer one. */
const SECRET_CHARS_MAX = 200;

const url = z.string().min(1).max(2_048);
const description = z
  .string()
  .trim()
  .max(DESCRIPTION_CHARS_MAX)
  .regex(/^\P{Cc}*$/u, "no line breaks or other control characters")
  .nullable();
const types = z
  .array(z.enum(EVENT_TYPES))
  .max(EVENT_TYPES.length)
  .transform((given) => [...new Set(given)]);
const secret = z.string().max(SECRET_CHARS_MAX);

export const newEndpointSchema = z.strictObject({
  url,
  description: description.default(null),
  /** Empty: all types. */
  types: types.default([]),
  /** Made by Parley unless given. */
  secret: secret.optional(),
});
export type NewEndpointFields = z.output<typeof newEndpointSchema>;

export const endpointChangeSchema = z
  .strictObject({ url: url.optional(), description: description.optional(), types: types.optional() })
  .refine((change) => Object.keys(change).length > 0, "nothing to change");
export type EndpointChangeFields = z.output<typeof endpointChangeSchema>;

export const secretRotationSchema = z.strictObject({ secret: secret.optional() });
