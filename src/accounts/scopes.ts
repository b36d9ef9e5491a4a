/** What an API token may be allowed to do, and how that is told to whoever makes one. */
export const SCOPE_DESCRIPTIONS = {
  "comments:read":
    "Read all comments of the site, also held and rejected ones, with their evidence and decisions.",
  "comments:submit": "Submit comments on behalf of readers, naming the reader's address itself.",
  "comments:moderate": "Claim, publish, hold, reject and mark comments as spam, and undo decisions.",
  "authors:manage": "See commenters with their e-mail addresses, trust and ban them.",
  "privacy:manage": "Export and erase everything stored about one person.",
  "threads:write": "Register, close and reopen threads.",
  "policies:manage": "Change the site's rules and try them on past comments.",
  "webhooks:manage": "Add, change and remove webhook endpoints, see and repeat deliveries.",
  "sites:manage": "Create sites, change their origins, limits and lists.",
  "tokens:manage": "Make and revoke API tokens.",
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
    "privacy:manage",
    "threads:write",
    "policies:manage",
    "webhooks:manage",
    "sites:manage",
    "tokens:manage",
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
