export { ERROR_TABLE, MillraceError, isMillraceError, type ErrorCode, type ErrorKind, type MillraceErrorOptions } from "./errors.ts";
export { MICROS, type Duration, type Micros } from "./model/instant.ts";
