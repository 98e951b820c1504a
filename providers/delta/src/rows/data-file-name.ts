import { MillraceError } from "@millrace/core";

/** The name of a data file relative to the table, of the path in the log, which is percent-encoded. @throws MillraceError BAD_ARGUMENT for one elsewhere */
export function dataFileName(path: string, url: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith("/"))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the Delta table ${url} has a file elsewhere (${path}, a shallow clone?), which is not read here`,
    );
  return decodeURIComponent(path);
}
