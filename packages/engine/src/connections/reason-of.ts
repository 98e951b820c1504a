import { isMillraceError } from "@millrace/core";

/** What an error says. Where a name has several addresses, it has one for each and no message; what `fetch` met is in its cause. */
export function reasonOf(error: unknown): string {
  if (isMillraceError(error)) return error.message;
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
