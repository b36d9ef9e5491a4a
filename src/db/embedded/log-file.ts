import {
  chmodSync,
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
} from "node:fs";

const LOG_BYTES_MAX = 5 * 1024 * 1024;
const TAIL_BYTES_MAX = 4096;
const TAIL_LINES_MAX = 12;

/** Opens PostgreSQL's log for appending (mode 0600); the caller closes it. */
export function openLogFile(file: string): number {
  rotateLogFile(file);
  const fd = openSync(file, "a", 0o600);
  chmodSync(file, 0o600);
  return fd;
}

/**
 * Keeps at most 5 MiB, and 5 MiB before it as `.1`. The file is emptied in place since the server has it open; what is
 * written between copy and cut is lost.
 */
export function rotateLogFile(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= LOG_BYTES_MAX) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
}

/** Where the log ends now, in bytes: a mark for {@link readLogTail}. */
export function logFileEnd(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines written after `from`, at most 12 of them. */
export function readLogTail(file: string, from = 0): string {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(from, size - TAIL_BYTES_MAX);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    readSync(fd, bytes, 0, bytes.length, start);
    return bytes.toString("utf8").trim().split("\n").slice(-TAIL_LINES_MAX).join("\n");
  } finally {
    closeSync(fd);
  }
}
