export { ERROR_TABLE, MillraceError, isMillraceError, type ErrorCode, type ErrorKind, type MillraceErrorOptions } from "./errors.ts";
export { formatDuration, parseDuration } from "./model/duration.ts";
export { formatInstant, parseInstant } from "./model/instant-text.ts";
export { MICROS, type Duration, type Micros } from "./model/instant.ts";
