import type { V1Input } from "@millrace/api";

/** What the audit log is narrowed by in its URL, and which page of it. */
export type AuditFilterName = "dagId" | "taskId" | "runKey" | "event" | "by" | "from" | "to" | "page";

/** Filters of a URL. */
export type AuditFilters = Readonly<Partial<Record<AuditFilterName, string>>>;

/** Which page is asked for, from 1. */
export function pageNumberOf({ page }: AuditFilters): number {
  const number = Number(page);
  return Number.isInteger(number) && number > 0 ? number : 1;
}

/** The query of API v1 for the filters of a URL, newest first. @param size entries of a page */
export function auditQueryOf(filters: AuditFilters, size: number): NonNullable<V1Input<"get_event_logs">["query"]> {
  const { dagId, taskId, runKey, event, by, from, to } = filters;
  return {
    order_by: "-event_log_id",
    limit: size,
    offset: (pageNumberOf(filters) - 1) * size,
    ...(dagId !== undefined && { dag_id: dagId }),
    ...(taskId !== undefined && { task_id: taskId }),
    ...(runKey !== undefined && { run_id: runKey }),
    ...(event !== undefined && { event }),
    ...(by !== undefined && { owner: by }),
    ...(isInstant(from) && { after: from }),
    ...(isInstant(to) && { before: to }),
  };
}

function isInstant(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}
