import { getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { Context } from "../context.ts";
import { DEMO_SITE_KEY } from "../demo-site.ts";
import type { Site } from "../sites/site.ts";
import type { Request } from "./env.ts";

const COOKIE = "parley_own";
/** Comments of one reader that a browser remembers; more are forgotten, oldest first. */
const COMMENTS_MAX = 5;
const MAX_AGE_SECONDS = 86_400;

export type OwnReference = { id: string; token: string };

/** Whether a page of ours will ask for what a browser remembers; those of publishers keep it themselves. */
export function mayRemember(ctx: Context, site: Site): boolean {
  return ctx.config.demo && site.key === DEMO_SITE_KEY;
}

/** The reader's own comments that this browser may show, edit and delete on pages served by Parley itself. */
export function readOwnComments(c: Request): OwnReference[] {
  const value = getCookie(c, COOKIE) ?? "";
  return value
    .split("~")
    .slice(0, COMMENTS_MAX)
    .flatMap((entry) => {
      const [id, token] = entry.split("!");
      return id && token ? [{ id, token }] : [];
    });
}

export type SavedAuthor = { name: string; email: string; website: string };

const AUTHOR_COOKIE = "parley_author";
const AUTHOR_MAX_AGE_SECONDS = 30_000_000;
const AUTHOR_CHARS_MAX = 4_000;

/** "Save my name, email, and website in this browser": kept by the browser alone, and only for Parley's own pages. */
export function saveAuthor(ctx: Context, c: Request, author: SavedAuthor): void {
  const value = Buffer.from(JSON.stringify(author)).toString("base64url");
  if (value.length > AUTHOR_CHARS_MAX) return;
  setCookie(c, AUTHOR_COOKIE, value, { ...cookieOptions(ctx), maxAge: AUTHOR_MAX_AGE_SECONDS });
}

export function readSavedAuthor(c: Request): SavedAuthor | undefined {
  try {
    const text = Buffer.from(getCookie(c, AUTHOR_COOKIE) ?? "", "base64url").toString();
    return authorSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const authorSchema = z.object({ name: z.string(), email: z.string(), website: z.string() });

export function rememberOwnComment(ctx: Context, c: Request, own: OwnReference): void {
  const others = readOwnComments(c).filter(({ id }) => id !== own.id);
  const value = [own, ...others].slice(0, COMMENTS_MAX).map(({ id, token }) => `${id}!${token}`);
  setCookie(c, COOKIE, value.join("~"), { ...cookieOptions(ctx), maxAge: MAX_AGE_SECONDS });
}

// The routes that set them must get them back, so the path is not the demo's. A proxy may speak http with us: the request does
// not tell whether the reader came by https.
function cookieOptions(ctx: Context) {
  const secure = ctx.config.http.publicUrl.startsWith("https:");
  return { path: "/", httpOnly: true, sameSite: "Lax", secure } as const;
}
