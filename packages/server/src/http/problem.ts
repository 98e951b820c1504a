import { ERROR_TABLE, isMillraceError, type ErrorCode } from "@millrace/core";

/** Names of the kinds of errors in API v1, by status. */
const NAMES: Readonly<Record<number, readonly [name: string, title: string]>> = {
  400: ["BadRequest", "Bad Request"],
  401: ["Unauthenticated", "Unauthorized"],
  403: ["PermissionDenied", "Forbidden"],
  404: ["NotFound", "Not Found"],
  405: ["MethodNotAllowed", "Method Not Allowed"],
  406: ["NotAcceptable", "Not Acceptable"],
  409: ["AlreadyExists", "Conflict"],
  412: ["PreconditionFailed", "Precondition Failed"],
  413: ["PayloadTooLarge", "Payload Too Large"],
  415: ["UnsupportedMediaType", "Unsupported Media Type"],
  422: ["Unprocessable", "Unprocessable Content"],
  429: ["TooManyRequests", "Too Many Requests"],
  500: ["Unknown", "Internal Server Error"],
  503: ["Unavailable", "Service Unavailable"],
  504: ["Timeout", "Gateway Timeout"],
};

const TYPE_ROOT = "https://airflow.apache.org/docs/apache-airflow/2.10.0/stable-rest-api-ref.html#section/Errors/";

/** The body of every error answer: RFC 9457 with the fields of API v1, and Millrace's error code where there is one. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string | null;
  readonly code?: ErrorCode;
  /** What to do. */
  readonly hint?: string;
}

/** A refusal that a handler answers with. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string | null;
  readonly headers: Readonly<Record<string, string>>;

  /** @param given.title Default: the usual title of the status. */
  constructor(
    status: number,
    given: {
      readonly title?: string;
      readonly detail?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(given.detail ?? given.title ?? String(status), { cause: given.cause });
    this.status = status;
    this.title = given.title ?? titleOf(status);
    this.detail = given.detail ?? null;
    this.headers = given.headers ?? {};
  }
}

/** What a client is told about an error. Only refusals and MillraceErrors speak for themselves; everything else is a bug in us and says nothing. */
export function problemBody(error: unknown): ProblemBody {
  if (error instanceof Problem) return body(error.status, error.title, error.detail);
  if (isMillraceError(error)) {
    const { httpStatus } = ERROR_TABLE[error.code];
    const hint = error.details["hint"];
    // Its words are the database's own.
    if (typeof error.details["sqlState"] === "string")
      return { ...body(httpStatus, titleOf(httpStatus), "a value of the request cannot be stored"), code: error.code };
    // A 500 of ours may name paths of the server.
    if (httpStatus === 500) return { ...body(500, titleOf(500), null), code: error.code };
    return {
      ...body(httpStatus, titleOf(httpStatus), error.message),
      code: error.code,
      ...(typeof hint === "string" && { hint }),
    };
  }
  const status = statusOfFastify(error);
  return status === undefined
    ? body(500, titleOf(500), null)
    : body(status, titleOf(status), status < 500 ? (error as Error).message : null);
}

function body(status: number, title: string, detail: string | null): ProblemBody {
  return { type: TYPE_ROOT + (NAMES[status]?.[0] ?? "Unknown"), title, status, detail };
}

function titleOf(status: number): string {
  return NAMES[status]?.[1] ?? "Error";
}

/** Fastify's own errors (a body too large, JSON that does not parse, …) carry a status and a code that begins with FST_. */
function statusOfFastify(error: unknown): number | undefined {
  const { code, statusCode } = (error ?? {}) as { readonly code?: unknown; readonly statusCode?: unknown };
  return typeof code === "string" && code.startsWith("FST_") && typeof statusCode === "number" ? statusCode : undefined;
}
