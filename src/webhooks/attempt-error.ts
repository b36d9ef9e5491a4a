import { errors } from "undici";
import { AppError } from "../errors.ts";

/** Why an attempt did not deliver; shown in the attempt log. */
export const ATTEMPT_ERRORS = [
  /** No complete answer within the time limit. */
  "timeout",
  /** The host name does not resolve. */
  "dns",
  /** The guard refuses where the host leads. */
  "refused_address",
  /** The guard refuses the URL itself. */
  "refused_url",
  /** The certificate is not accepted, or no secure connection came about. */
  "tls",
  /** Refused, reset or closed before the answer was complete. */
  "connection",
  /** The answer is not HTTP. */
  "protocol",
  /** The answer's headers are larger than allowed. */
  "too_large",
  /** The receiver answered 3xx; redirects are not followed. */
  "redirect",
  /** Any other answer but 2xx. */
  "http_status",
  /** Nothing could be sent: a bad secret, id or extra header. */
  "invalid_request",
] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** A failure by its kind and, as `detail`, the name of the underlying error (`ECONNREFUSED`), never its message. */
export type Failure = { error: AttemptError; detail: string | null };

/** What an exception on the way to the receiver means. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return { error: refusalOf(error), detail: null };
  const code = codeOf(error);
  // undici's parser leaves its code away for some answers.
  if (error instanceof errors.HTTPParserError && code === "") return { error: "protocol", detail: null };
  return { error: kindOf(code), detail: code || null };
}

function refusalOf({ reason }: AppError): AttemptError {
  return reason === "refused_address" || reason === "refused_url" || reason === "dns"
    ? reason
    : "invalid_request";
}

function kindOf(code: string): AttemptError {
  if (code.endsWith("TIMEOUT") || code === "ETIMEDOUT") return "timeout";
  if (code === "UND_ERR_HEADERS_OVERFLOW" || code === "HPE_HEADER_OVERFLOW") return "too_large";
  if (code.startsWith("HPE_") || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return "protocol";
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") return "invalid_request";
  if (TLS_CODES.test(code)) return "tls";
  return "connection";
}

// Node's and OpenSSL's names: https://nodejs.org/api/tls.html#x509-certificate-error-codes
const TLS_CODES =
  /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|ERROR_IN_C|DEPTH_ZERO_|SELF_SIGNED_|PATH_LENGTH_|INVALID_(?:CA|PURPOSE)$|HOSTNAME_)/;

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{0,99}$/.test(code) ? code : "";
}
