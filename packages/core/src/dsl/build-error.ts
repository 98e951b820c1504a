import { isMillraceError, MillraceError } from "../errors.ts";

/** Where in a DAG file something was declared. The text is made only when it is asked for: formatting a stack is slow. */
export interface Site {
  readonly stack?: string;
}

/** What an error is about. */
export interface Place {
  readonly dagId: string;
  readonly taskId?: string;
  readonly groupId?: string;
  readonly site?: Site;
}

/** Notes the caller of `verb` as the place of a declaration. */
export function siteOf(verb: (...args: never[]) => unknown): Site {
  const site: { stack?: string } = {};
  Error.captureStackTrace(site, verb);
  return site;
}

/** An error in a DAG file: names the DAG, the task or group, and the line. `message` says what is wrong and what to do. */
export function badDag(place: Place, message: string, cause?: unknown): MillraceError {
  const at = lineOf(place.site);
  const where = [
    `DAG ${place.dagId}`,
    place.taskId !== undefined && `task ${place.taskId}`,
    place.groupId !== undefined && `group ${place.groupId}`,
  ];
  const { dagId, taskId, groupId } = place;
  const details = {
    dagId,
    ...(taskId !== undefined && { taskId }),
    ...(groupId !== undefined && { groupId }),
    ...(at !== undefined && { at }),
  };
  return new MillraceError(
    "BAD_DAG",
    `${where.filter(Boolean).join(", ")}: ${message}${at === undefined ? "" : ` (at ${at})`}`,
    { details, cause },
  );
}

/** Runs `read`; what it refuses becomes an error at `place`. */
export function reading<T>(place: Place, option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    throw badDag(place, `${option}: ${error.message}`, error);
  }
}

/** `file:line:column` of the first frame. */
export function lineOf(site: Site | undefined): string | undefined {
  const frame = site?.stack?.split("\n").find((line) => /^\s*at /.test(line));
  return frame?.match(/\(?((?:file:\/\/)?[^()\s]+:\d+:\d+)\)?$/)?.[1];
}
