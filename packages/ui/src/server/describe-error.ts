import { isMillraceError } from "@millrace/api";
import { texts } from "../texts/index.ts";

/** An error in words for a person. */
export interface DescribedError {
  readonly title: string;
  readonly detail: string;
  /** What to do, where the server knows it. */
  readonly hint?: string;
  /** For the operator's logs. */
  readonly requestId?: string;
  /** True when trying again may help. */
  readonly isPassing: boolean;
}

/** Puts an error into words. The server's own words are kept: they say what, where and what to do. */
export function describeError(error: unknown): DescribedError {
  if (!isMillraceError(error)) {
    const detail = error instanceof Error ? error.message : String(error);
    return { title: texts.errors.unexpected, detail, isPassing: false };
  }
  const { hint, requestId, status } = error.details as {
    readonly hint?: string;
    readonly requestId?: string;
    readonly status?: number;
  };
  return {
    title: titleOf(error.code, status),
    detail: error.message,
    isPassing: error.code === "NO_SERVER" || (status ?? 0) >= 500 || status === 429,
    ...(hint !== undefined && { hint }),
    ...(requestId !== undefined && { requestId }),
  };
}

function titleOf(code: string, status: number | undefined): string {
  if (code === "NO_SERVER") return texts.errors.noServer;
  if (code === "NOT_FOUND") return texts.errors.notFound;
  if (code === "NOT_ALLOWED") return texts.errors.notAllowed;
  if (code === "CONFLICT" || code === "CHANGED_MEANWHILE") return texts.errors.conflict;
  return (status ?? 0) >= 500 ? texts.errors.server : texts.errors.refused;
}
