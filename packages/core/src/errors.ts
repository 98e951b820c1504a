/** One row of the error table: what the code means to HTTP clients, shells and retry loops. */
export interface ErrorKind {
  readonly httpStatus: number;
  /** Exit code of the command line: 1 failed, 2 usage, 3 not reachable. */
  readonly exitCode: 1 | 2 | 3;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** One sentence for `docs/reference/errors.md`: what it means and what to do. */
  readonly meaning: string;
}

const row = (httpStatus: number, exitCode: 1 | 2 | 3, retryable: boolean, meaning: string): ErrorKind => ({
  httpStatus,
  exitCode,
  retryable,
  meaning,
});

/** Every error code of Millrace. The code is the contract; the sentence of a thrown error may change. */
export const ERROR_TABLE = {
  BAD_ARGUMENT: row(
    400,
    2,
    false,
    "A value given by the caller is missing, malformed or out of range. The message names it and the allowed form.",
  ),
  BAD_CONFIG: row(
    500,
    2,
    false,
    "A configuration value does not fit its schema. The message names the key, where it came from and what fits.",
  ),
  BAD_DAG: row(
    400,
    1,
    false,
    "A DAG file declares something that cannot run (a duplicate task id, a cycle, a wrong option). Fix the file at the named place.",
  ),
  BAD_PARAM: row(
    400,
    2,
    false,
    "A param does not fit the JSON Schema that the DAG declares for it. The message names the param and the rule.",
  ),
  BAD_SCHEDULE: row(
    400,
    1,
    false,
    "A cron expression, interval or time zone cannot be read. The message names the text and the position.",
  ),
  BAD_TEMPLATE: row(
    400,
    1,
    false,
    "A template does not parse, names something that is not defined, or uses a forbidden construct.",
  ),
  BUNDLE_BROKEN: row(
    500,
    1,
    false,
    "A DAG file does not compile or throws while loading. `millrace dags list-import-errors` shows file, line and message.",
  ),
  CHANGED_MEANWHILE: row(
    412,
    1,
    false,
    "A run has changed since the version that If-Match named. Look at it again, then decide.",
  ),
  CONFLICT: row(
    409,
    1,
    false,
    "The thing exists already or is not in a state that allows this. The message names the present state.",
  ),
  DATA_FOLDER_IN_USE: row(
    409,
    1,
    false,
    "Another Millrace already runs on this data folder. Stop it, connect to it, or choose another folder.",
  ),
  DATA_REJECTED: row(
    422,
    1,
    false,
    "The database refuses a value (size, encoding, range). The message names the value's place.",
  ),
  DISPATCH_DEAD: row(
    409,
    1,
    false,
    "A report came from a dispatch that the task instance is no longer in (R3). The worker drops the try.",
  ),
  FORBIDDEN_ADDRESS: row(
    403,
    1,
    false,
    "The host has an address that is not on the public internet, and the configuration denies those. Name it in `security.allowedHosts`.",
  ),
  FORBIDDEN_WHILE_RUNNING: row(
    409,
    1,
    false,
    "The command would change something that is running. Stop it first or wait for its end.",
  ),
  NOT_ALLOWED: row(
    403,
    1,
    false,
    "The user or token may not do this. An administrator can give the role the permission.",
  ),
  NOT_FOUND: row(
    404,
    1,
    false,
    "No DAG, run, task instance or other object has that name. The message suggests near names where there are any.",
  ),
  NOT_LOGGED_IN: row(401, 1, false, "The server wants to know who asks. Give a token, or a user name and a password."),
  NOT_STORABLE: row(
    422,
    1,
    false,
    "A result cannot be stored as JSON. The message names the path of the offending value.",
  ),
  NOT_RUNNING: row(
    503,
    3,
    true,
    "No Millrace runs on this database, and the command needs one. Start it with `millrace start`.",
  ),
  NO_DATABASE: row(
    503,
    3,
    true,
    "No database can be reached or started. The message says which was tried and how to name one.",
  ),
  NO_SERVER: row(
    503,
    3,
    true,
    "The server that --server names does not answer. Check the URL, and that `millrace api-server` or `millrace start` runs there.",
  ),
  PAGE_FAILED: row(
    502,
    1,
    false,
    "The code of a page that a pipeline adds to the UI failed, or gave something that no panel can show. The message has its own words.",
  ),
  SCHEMA_DIFFERS: row(
    500,
    1,
    false,
    "The database was migrated by a Millrace whose migrations differ from this one's. Nothing is touched. Use that program, or an empty database.",
  ),
  SCHEMA_TOO_NEW: row(
    500,
    1,
    false,
    "The database was migrated by a newer Millrace. Upgrade this program; it touches nothing until then.",
  ),
  SERVER_FAILED: row(
    500,
    1,
    true,
    "The server answered with an error that says nothing more. Its log has the request under the id that the answer names.",
  ),
  STORE_UNAVAILABLE: row(
    503,
    3,
    true,
    "The database does not answer at the moment. Nothing is lost: reports queue up and are offered again.",
  ),
  TASK_FAILED: row(500, 1, false, "The code of a task ended with an error. The log of the try has it in full."),
  TIMEOUT: row(504, 1, true, "Something took longer than its limit. The message names the limit and where to set it."),
  TOO_LARGE: row(
    413,
    1,
    false,
    "A value is larger than the limit that the message names. Store large data outside and pass a reference.",
  ),
  UNREACHABLE: row(
    502,
    3,
    true,
    "An outside system does not answer at the address that its connection names. The message has the address and the reason.",
  ),
  UNSUPPORTED_NODE: row(500, 2, false, "This Node.js is too old. The message names the oldest version that works."),
} as const satisfies Record<string, ErrorKind>;

/** A code from the error table. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** True for the name of a code of the error table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, text);
}

/** What a {@link MillraceError} carries beside its sentence. */
export interface MillraceErrorOptions {
  /** Ids and values a program may read; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error that Millrace throws on purpose. A plain `Error` means a bug in us. */
export class MillraceError extends Error {
  override readonly name = "MillraceError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: MillraceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True for a {@link MillraceError}, also one that another copy of this package threw. */
export function isMillraceError(error: unknown): error is MillraceError {
  return error instanceof Error && error.name === "MillraceError" && "code" in error;
}
