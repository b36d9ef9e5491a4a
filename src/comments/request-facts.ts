import { z } from "zod";

/** What submission learned and only the request could tell; kept with the comment for its check. */
export const requestFactsSchema = z.object({
  form: z.object({
    /** `absent` for API callers and foreign forms that carry no token. */
    token: z.enum(["valid", "absent", "invalid", "expired", "wrong_thread"]),
    /** Milliseconds between the form's issue and its submission; null unless the token was valid or expired. */
    ageMs: z.number().nullable(),
    honeypotFilled: z.boolean(),
  }),
  /** The list entry that the sender's address matched, if any: the address itself is not stored. */
  ipListEntry: z.string().nullable(),
});
export type RequestFacts = z.infer<typeof requestFactsSchema>;
