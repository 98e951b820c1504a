import { MillraceError } from "../errors.ts";

/** Reads the conf of a run. @param conf JSON text; undefined = none. @throws MillraceError BAD_ARGUMENT when it is no JSON object */
export function parseConf(conf: string | undefined): Readonly<Record<string, unknown>> {
  if (conf === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(conf);
  } catch (cause) {
    throw new MillraceError("BAD_ARGUMENT", `conf is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new MillraceError("BAD_ARGUMENT", "conf must be a JSON object");
  return value as Readonly<Record<string, unknown>>;
}
