import { textOf, type Connection } from "@millrace/core";
import { errorOfAnswer, errorOfSilence } from "./consul-error.ts";

const PORT = 8_500;

/** A request to Consul. */
export interface ConsulRequest {
  readonly method: "GET" | "PUT";
  /** Below `/v1`. */
  readonly path: string;
  readonly body?: string;
}

/** What requests are made with; a context of a task, and what a trial gets, have both. */
export interface ConsulTools {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** Sends one request. @returns undefined for 404 of a GET. @throws what `consul-error.ts` makes of it */
export async function askConsul(
  { host = "localhost", port = PORT, schema, password }: Connection,
  { method, path, body }: ConsulRequest,
  { fetch, signal }: ConsulTools,
): Promise<string | undefined> {
  const url = `${textOf(schema) ?? "http"}://${host}:${port}/v1${path}`;
  const asked = `${method} ${url}`;
  // The token travels in a header and stands in no sentence.
  const headers = password === undefined ? {} : { "x-consul-token": password.reveal() };
  let answer: Response;
  try {
    answer = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
  } catch (error) {
    signal.throwIfAborted();
    throw errorOfSilence(asked, error);
  }
  if (answer.ok) return await answer.text();
  await answer.body?.cancel();
  if (method === "GET" && answer.status === 404) return undefined;
  throw errorOfAnswer(asked, answer.status, answer.headers.get("retry-after"));
}
