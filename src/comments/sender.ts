import { z } from "zod";
import type { SecretBox } from "../accounts/secret-box.ts";
import type { Context } from "../context.ts";
import { findSealedSender, forgetSenders } from "./store/sources.ts";

/** Who sent a comment, as far as an external check may be told. */
const senderSchema = z.object({ ip: z.string(), userAgent: z.string().nullable() });
export type Sender = z.infer<typeof senderSchema>;

const USER_AGENT_CHARS_MAX = 500;

export function sealSender(box: SecretBox, commentId: string, { ip, userAgent }: Sender): Buffer {
  const sender = { ip, userAgent: userAgent?.slice(0, USER_AGENT_CHARS_MAX) ?? null };
  return box.seal(JSON.stringify(sender), aadOf(commentId));
}

/** Null when it was not kept, is forgotten, or does not open any more: what cannot be read is not told. */
export async function findSender(
  ctx: Pick<Context, "db" | "keys">,
  commentId: string,
): Promise<Sender | null> {
  const sealed = await findSealedSender(ctx.db, commentId);
  if (sealed === null) return null;
  try {
    return senderSchema.parse(JSON.parse(ctx.keys.box.open(sealed, aadOf(commentId))));
  } catch {
    return null;
  }
}

/** To be called once nobody needs the senders of these comments any more. */
export async function forgetSendersOf(ctx: Pick<Context, "db">, commentIds: string[]): Promise<void> {
  if (commentIds.length > 0) await forgetSenders(ctx.db, commentIds);
}

function aadOf(commentId: string): string {
  return `comment-sender:${commentId}`;
}
