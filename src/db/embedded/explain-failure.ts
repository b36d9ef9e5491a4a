import { AppError } from "../../errors.ts";

/** The common reasons for which PostgreSQL will not start, and what an operator can do about each. */
const HINTS: readonly [RegExp, string][] = [
  [/No space left on device|ENOSPC|disk quota exceeded/i, "the disk is full: make room and start again"],
  [/Read-only file system|EROFS/i, "the file system is read-only: change DATA_DIR"],
  [
    /could not look up effective user ID/i,
    "this user id has no entry in /etc/passwd, and initdb needs one: add it, or set DATABASE_URL",
  ],
  [
    /EINVAL|EPERM: [^\n]*(chown|spawn)|spawn [^\n]*EPERM/,
    "root may not become another user here, and PostgreSQL does not run as root: start Parley as a user, or set " +
      "DATABASE_URL",
  ],
  [
    /Permission denied|Operation not permitted|wrong ownership|EACCES|EPERM/i,
    "a permission is missing: start Parley as the user who owns DATA_DIR",
  ],
  [
    /error while loading shared librar|Error loading shared librar|GLIBC_|spawn \S+ ENOENT|Library not loaded/i,
    "its programs do not run on this system (they need glibc): set DATABASE_URL",
  ],
  [
    /could not (create|map|resize) (anonymous )?shared memory|Cannot allocate memory|ENOMEM/i,
    "there is not enough memory",
  ],
  [/could not bind|Address already in use/i, "its port is taken: choose another"],
];

/** `output` is what PostgreSQL printed or logged last; it goes into the message whole. */
export function explainFailure(what: string, output: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = HINTS.find(([pattern]) => pattern.test(`${output}\n${reason}`))?.[1];
  const said = output.trim() === "" ? ` (${reason})` : ` PostgreSQL says:\n${output.trim()}`;
  return new AppError("unavailable", `${what}${hint === undefined ? "" : `: ${hint}`}.${said}`, {
    reason: "embedded_postgres_failed",
    cause,
  });
}
