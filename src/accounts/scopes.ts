/** What an API token may be allowed to do, and how that is told to whoever makes one. */
export const SCOPE_DESCRIPTIONS = {
  "comments:read":
    "Read all comments of the site, also held and rejected ones, with their evidence and decisions.",
  "comments:submit": "Submit comments on behalf of readers, naming the reader's address itself.",
  "comments:moderate": "Publish, hold, reject and mark comments as spam, and undo decisions.",
  "authors:manage": "See commenters with their e-mail addresses, trust and ban them.",
  "threads:write": "Register, read, close and reopen threads.",
  "policies:manage": "Read, check and change the site's rules.",
  "webhooks:manage": "Add, change and remove webhook endpoints, see and repeat deliveries.",
  "sites:manage": "Make sites, see and change their origins, limits and lists.",
} as const;

export type Scope = keyof typeof SCOPE_DESCRIPTIONS;

/** The kinds of tokens, as their prefix says: a leaked token tells how bad it is. */
export const TOKEN_KINDS = ["admin", "mod", "site"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** The most that a token of a kind may be given, and what it gets unless asked for less. */
export const SCOPES_OF_KIND: Readonly<Record<TokenKind, readonly Scope[]>> = {
  /** An operator's, for all sites. */
  admin: [
    "comments:read",
    "comments:submit",
    "comments:moderate",
    "authors:manage",
    "threads:write",
    "policies:manage",
    "webhooks:manage",
    "sites:manage",
  ],
  /** A moderator's. */
  mod: ["comments:read", "comments:moderate", "authors:manage"],
  /** A publisher's server's. */
  site: ["comments:read", "comments:submit", "threads:write", "webhooks:manage"],
};

/** Whether a text names a scope. */
export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPE_DESCRIPTIONS, text);
}
