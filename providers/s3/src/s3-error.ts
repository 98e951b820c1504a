import { isMillraceError, MillraceError, Permanent, readSignal, RetryAfter } from "@millrace/core";

/** What another try cannot change, by the codes of S3. */
const REFUSED: Readonly<Record<string, string>> = {
  AccessDenied: "check the rights of the access key",
  AllAccessDisabled: "check the rights of the access key",
  CredentialsProviderError: "no access key was found: name a connection of type aws by the option connection",
  ExpiredToken: "the session token has expired",
  Forbidden: "check the access key and its rights",
  InvalidAccessKeyId: "the server does not know the access key: check the login of the connection",
  InvalidBucketName: "a bucket has 3 to 63 lower-case letters, digits, dots and dashes",
  InvalidToken: "the session token is no valid one",
  NoSuchBucket: "there is no such bucket: create it, or correct its name",
  NoSuchKey: "there is no such object",
  NotFound: "there is no such object or bucket",
  SignatureDoesNotMatch: "the secret access key is wrong: check the password of the connection",
};
const LONGEST_WAIT_SECONDS = 86_400;

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * What a failed request means.
 *
 * @param asked what was asked of which server, never with a secret in it: `to write s3://lake/a.csv at 127.0.0.1:9000`
 * @returns Permanent for what another try cannot change; RetryAfter where the server names seconds; TIMEOUT; otherwise UNREACHABLE. What says its meaning already
 *   (an error of Millrace, an aborted try) comes back as it is
 */
export function s3Error(asked: string, error: unknown): unknown {
  if (isMillraceError(error) || readSignal(error) !== undefined || !(error instanceof Error)) return error;
  if (error.name === "AbortError") return error;
  const { $metadata, $response, code } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const said = `${error.name}${error.message !== "" && error.message !== error.name ? `: ${error.message}` : ""}`;
  const why = REFUSED[error.name];
  if (why !== undefined) return new Permanent(`S3 refuses ${asked} (${error.name}): ${why}`);
  if (status === 401 || status === 403) return new Permanent(`S3 refuses ${asked} (${said}): ${REFUSED["Forbidden"]}`);
  if (status === 404) return new Permanent(`S3 refuses ${asked} (${said}): ${REFUSED["NotFound"]}`);
  if (status >= 400 && status < 500 && status !== 408 && status !== 409 && status !== 429)
    return new Permanent(`S3 refuses ${asked} (${said})`);
  const seconds = Number($response?.headers?.["retry-after"] ?? Number.NaN);
  if (Number.isInteger(seconds) && seconds > 0)
    return new RetryAfter(`${Math.min(seconds, LONGEST_WAIT_SECONDS)}s`, `S3 asks to wait: ${asked} (${said})`, {
      cause: error,
    });
  if (error.name === "TimeoutError" || code === "ETIMEDOUT")
    return new MillraceError("TIMEOUT", `S3 was too slow ${asked}: ${error.message}`, { cause: error });
  const reason = said === "AggregateError" ? (code ?? said) : said;
  return new MillraceError(
    "UNREACHABLE",
    `S3 did not answer when asked ${asked}: ${reason}. Is the server running, and the address right?`,
    { cause: error },
  );
}
