import { isMillraceError, MillraceError, Permanent, RetryAfter } from "@millrace/core";

const QUOTED_CHARS = 300;
const PERMANENT: ReadonlySet<number> = new Set([400, 401, 403, 404, 405]);

/** Lines of Spark that tell that another try would end the same way. */
const HOPELESS: readonly RegExp[] = [
  /ClassNotFoundException|NoClassDefFoundError|Failed to load class|Cannot load main class|No main class set/,
  /can't open file|python: No such file|PYSPARK.*No such file/i,
  /(?:File|JAR|path) \S+ does not exist|PATH_NOT_FOUND|NoSuchFileException|FileNotFoundException: File/i,
  /\bAnalysisException\b|\bParseException\b|PySparkTypeError|SyntaxError/,
  /Unrecognized option|Master must either be|Could not parse Master URL|Error: (?:Unknown|Missing|No such)/,
  /AccessControlException|Permission denied/,
  // A Kafka that refuses the login, or is not believed.
  /\bSaslAuthenticationException\b|\bSslAuthenticationException\b/,
];
/** Lines of Spark that tell that nobody was there. */
const NOBODY = /All masters are unresponsive|Failed to connect to master|Connection refused|UnknownHostException/;
/** Lines that say more than the frames of a stack around them. */
const TELLING = /(?:Exception|Error)\b|^\S*Error:|does not exist|can't open file|unresponsive/;

/** An answer of a master or a driver that is no success. */
export interface RefusedAnswer {
  /** Method and address, without a secret. */
  readonly asked: string;
  readonly status: number;
  readonly text: string;
  /** Of the header `Retry-After`. */
  readonly retryAfter?: string | null;
}

/** @returns Permanent for what another try cannot change, RetryAfter where a time is named, otherwise MillraceError UNREACHABLE */
export function errorOfStatus({ asked, status, text, retryAfter }: RefusedAnswer): Error {
  const quoted = text.trim().slice(0, QUOTED_CHARS);
  const message = `${asked} answered with status ${status}${quoted === "" ? "" : `: ${quoted}`}`;
  if (PERMANENT.has(status)) return new Permanent(`${message}. Check address and login of the connection`);
  if (retryAfter !== undefined && retryAfter !== null && /^\d{1,5}$/.test(retryAfter.trim()))
    return new RetryAfter(`${Number(retryAfter)}s`, message);
  return new MillraceError("UNREACHABLE", message);
}

/** What a request without an answer means: FORBIDDEN_ADDRESS is Permanent, the rest UNREACHABLE. */
export function errorOfFailure(asked: string, error: unknown): Error {
  if (isMillraceError(error))
    return error.code === "FORBIDDEN_ADDRESS" ? new Permanent(`${asked}: ${error.message}`, { cause: error }) : error;
  const cause = error instanceof Error ? (error.cause as (Error & { readonly code?: string }) | undefined) : undefined;
  const why = cause?.message || cause?.code || (error instanceof Error ? error.message : String(error));
  const message = `${asked} got no answer: ${why}. Is Spark running there, and the address right?`;
  return new MillraceError("UNREACHABLE", message, { cause: error });
}

/**
 * What the end of an application means, by what it said last.
 *
 * @param how for example `spark-submit ended with exit code 1`.
 * @param lines the last ones of its log; the error quotes the telling ones.
 * @returns Permanent for a missing application, class or file and for what Spark's analysis refuses; UNREACHABLE without a master; otherwise TASK_FAILED
 */
export function errorOfApplication(how: string, lines: readonly string[]): Error {
  const telling = lines.filter((line) => TELLING.test(line) && !/^\s+at /.test(line)).slice(-3);
  const quoted = (telling.length > 0 ? telling : lines.slice(-5)).map((line) => line.trim().slice(0, QUOTED_CHARS));
  const message = quoted.length === 0 ? how : `${how}; it said:\n${quoted.join("\n")}`;
  const text = lines.join("\n");
  if (NOBODY.test(text)) return new MillraceError("UNREACHABLE", message);
  if (HOPELESS.some((pattern) => pattern.test(text))) return new Permanent(message);
  return new MillraceError("TASK_FAILED", message);
}
