import { ERROR_TABLE, type ErrorKind } from "@millrace/core";
import { GENERATED, tableRow } from "./markdown.ts";

/** `docs/reference/errors.md`: every error code. */
export function errorsPage(): string {
  const rows = Object.entries<ErrorKind>(ERROR_TABLE).sort(([a], [b]) => a.localeCompare(b));
  return [
    "# Errors",
    "",
    GENERATED,
    "",
    "Every error that Millrace throws on purpose has a code. The code is stable; the sentence may change. The command line prints sentence, hint and code,",
    "and exits with the number below: 1 it failed, 2 it was used wrongly, 3 something could not be reached. The HTTP API answers with the status below.",
    "*Retry*: the same call may succeed later without anybody changing anything.",
    "",
    "| Code | Meaning and what to do | Exit code | HTTP status | Retry |",
    "|---|---|---|---|---|",
    ...rows.map(([code, kind]) =>
      tableRow([
        `\`${code}\``,
        kind.meaning,
        String(kind.exitCode),
        String(kind.httpStatus),
        kind.retryable ? "yes" : "no",
      ]),
    ),
    "",
  ].join("\n");
}
