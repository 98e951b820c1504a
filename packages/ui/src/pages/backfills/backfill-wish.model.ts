import type { createBackfill, InputOf } from "@millrace/api";

/** The form of a backfill as it is filled in. */
export interface BackfillDraft {
  /** ISO 8601, or empty. */
  readonly from: string;
  readonly to: string;
  readonly reprocess: "none" | "failed" | "completed";
  readonly reverse: boolean;
  /** Empty: as many as the DAG may have. */
  readonly maxActiveRuns: string;
  /** Empty: all. */
  readonly taskIds: readonly string[];
  /** JSON text of an object, or empty. */
  readonly conf: string;
}

/** What is asked of the server. */
export type BackfillBody = InputOf<typeof createBackfill>["body"];

/** What a form means, or what keeps it from meaning anything. */
export type ReadWish =
  | { readonly kind: "wish"; readonly body: BackfillBody }
  | { readonly kind: "incomplete" }
  | { readonly kind: "fault"; readonly fault: "order" | "conf" };

/** Reads the form of a backfill. Whether the DAG can be backfilled like this is the server's to say. */
export function readWish(draft: BackfillDraft): ReadWish {
  const { from, to, reprocess, reverse, maxActiveRuns, taskIds } = draft;
  if (from === "" || to === "") return { kind: "incomplete" };
  if (Date.parse(from) > Date.parse(to)) return { kind: "fault", fault: "order" };
  const conf = readConf(draft.conf);
  if (conf === undefined) return { kind: "fault", fault: "conf" };
  const body: BackfillBody = {
    from: from,
    to: to,
    reprocess,
    ...(reverse && { reverse }),
    ...(maxActiveRuns !== "" && { maxActiveRuns: Number(maxActiveRuns) }),
    ...(taskIds.length > 0 && { taskIds: [...taskIds] }),
    ...(Object.keys(conf).length > 0 && { conf }),
  };
  return { kind: "wish", body };
}

function readConf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
