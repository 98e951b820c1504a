import { S3Client } from "@aws-sdk/client-s3";
import { s3Error } from "../s3-error.ts";
import { serverOf, type S3Settings } from "../s3-settings.ts";

const ATTEMPTS = 4;
const CONNECT_MS = 5_000;

/** A client of the SDK, and what each request shares. */
export interface Requests {
  readonly client: S3Client;
  /** Fires when the try ends. */
  readonly signal: AbortSignal | undefined;
  /** Runs a request. @param what for its error: `to list s3://lake`. @throws what {@link s3Error} makes of it */
  ask<T>(what: string, request: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>): Promise<T>;
}

/** A client by settings. @param options.timeoutMs longest silence of the server */
export function makeRequests(
  settings: S3Settings,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Requests {
  const { region, endpoint, credentials } = settings;
  const client = new S3Client({
    region,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: Math.min(CONNECT_MS, timeoutMs),
      socketTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(credentials !== undefined && { credentials }),
    // Checksums in trailers are news to many stores that are not Amazon's.
    ...(endpoint !== undefined && {
      endpoint,
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
  });
  const server = serverOf(settings);
  return {
    client,
    signal,
    ask: async (what, request) => {
      try {
        return await request(signal === undefined ? {} : { abortSignal: signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw s3Error(`${what} at ${server} with ${settings.label}`, error);
      }
    },
  };
}
