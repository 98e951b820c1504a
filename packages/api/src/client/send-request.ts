import { ERROR_TABLE, isErrorCode, MillraceError, type ErrorCode } from "@millrace/core";
import type { Method } from "../operation.ts";

/** Whom a client talks to, and as whom. */
export interface ClientOptions {
  /** Of the server, like `https://millrace.example.org`. */
  readonly url: string;
  /** A personal token; or else name and password. */
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/** A request below the server's URL. */
export interface ClientRequest {
  readonly method: Method;
  readonly path: string;
  /** Lists are sent as one value each; undefined is left out. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
  readonly ifMatch?: string | number;
}

/** Sends a request. @throws MillraceError for every answer that is an error, and for none */
export type Send = (request: ClientRequest) => Promise<Response>;

/** @throws MillraceError BAD_ARGUMENT for what is no URL of a server */
export function makeSender(options: ClientOptions): Send {
  const shown = withoutLogin(options.url);
  const base = URL.parse(options.url);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `"${shown}" is no URL of a server: write it like https://millrace.example.org`,
    );
  const root = base.origin + base.pathname.replace(/\/+$/, "");
  const authorization = authorizationOf(options);
  const fetchNow = options.fetch ?? fetch;
  return async ({ method, path, query, body, headers, signal, idempotencyKey, ifMatch }) => {
    const sent: RequestInit = {
      method,
      redirect: "error",
      headers: {
        accept: "application/json, text/event-stream, text/plain",
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
        ...(ifMatch !== undefined && { "if-match": typeof ifMatch === "number" ? `"${ifMatch}"` : ifMatch }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    };
    const response = await fetchNow(root + path + queryText(query), sent).catch((error: unknown) => {
      throw signal?.aborted ? (signal.reason as Error) : unreachable(shown, error);
    });
    if (response.ok) return response;
    throw await errorOf(response, shown);
  };
}

/** Errors are printed, and kept in logs: a name and password in the URL must not be. */
function withoutLogin(url: string): string {
  return url.replace(/\/\/.*@/s, "//***@");
}

function authorizationOf({ token, username, password }: ClientOptions): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined) return undefined;
  const bytes = new TextEncoder().encode(`${username}:${password ?? ""}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function queryText(query: Readonly<Record<string, unknown>> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
      if (each !== undefined) params.append(name, `${each as string}`);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

function unreachable(url: string, error: unknown): MillraceError {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  const reason = cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
  return new MillraceError("NO_SERVER", `the server at ${url} cannot be reached: ${reason}`, {
    details: { url, hint: "Check the URL, and that `millrace start` or `millrace api-server` runs there." },
    cause: error,
  });
}

/** Codes for answers that carry none: of v1, of a proxy between. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: "BAD_ARGUMENT",
  401: "NOT_LOGGED_IN",
  403: "NOT_ALLOWED",
  404: "NOT_FOUND",
  409: "CONFLICT",
  412: "CHANGED_MEANWHILE",
  422: "BAD_ARGUMENT",
};

async function errorOf(response: Response, url: string): Promise<MillraceError> {
  const text = await response.text().catch(() => "");
  const { code, detail, title, hint } = problemOf(text);
  const known = typeof code === "string" && isErrorCode(code) ? code : (CODES[response.status] ?? "SERVER_FAILED");
  const message = [detail, title].find((part): part is string => typeof part === "string" && part !== "");
  return new MillraceError(known, message ?? `the server answered ${response.status}`, {
    details: {
      status: response.status,
      url,
      ...(typeof hint === "string" && { hint }),
      ...(response.headers.get("x-request-id") !== null && { requestId: response.headers.get("x-request-id") }),
      retryable: ERROR_TABLE[known].retryable,
    },
  });
}

function problemOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    // A proxy's page.
    return {};
  }
}
