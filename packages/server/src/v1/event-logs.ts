import type { AuditOrder, AuditRow } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { given, namesIn } from "./given.ts";
import type { V1Answer, V1Handlers } from "./handlers.ts";
import { isoOrNull, readInstant } from "./instants.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";

const ORDERS = {
  event_log_id: "auditId",
  id: "auditId",
  when: "at",
  dttm: "at",
  dag_id: "dagId",
  task_id: "taskId",
  run_id: "runKey",
  event: "event",
  execution_date: "logicalDate",
  owner: "by",
  extra: "extra",
} as const satisfies Record<string, AuditOrder>;
const ORDER_FIELDS = Object.keys(ORDERS) as (keyof typeof ORDERS)[];

/** Who did what: reading the audit. */
export function eventLogHandlers(
  { audit }: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, "get_event_logs" | "get_event_log"> {
  return {
    get_event_logs: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, ORDER_FIELDS, "event_log_id");
      const { entries, total } = await audit.list({
        ...readPage(query, maximumPageLimit),
        orderBy: ORDERS[field],
        isDescending: descending,
        ...given("dagId", query.dag_id),
        ...given("taskId", query.task_id),
        ...given("runKey", query.run_id),
        ...given("mapIndex", query.map_index),
        ...given("tryNumber", query.try_number),
        ...given("event", query.event),
        ...given("by", query.owner),
        ...given("includedEvents", namesIn(query.included_events)),
        ...given("excludedEvents", namesIn(query.excluded_events)),
        ...given("before", query.before === undefined ? undefined : readInstant(query.before)),
        ...given("after", query.after === undefined ? undefined : readInstant(query.after)),
      });
      return { event_logs: entries.map(eventLog), total_entries: total };
    },
    get_event_log: async ({ params }) => {
      const row = await audit.find(params.event_log_id);
      if (row === undefined) throw new Problem(404, { title: "Event Log not found" });
      return eventLog(row);
    },
  };
}

function eventLog(row: AuditRow): V1Answer<"get_event_log"> {
  return {
    event_log_id: row.auditId,
    when: isoOrNull(row.at) ?? "",
    dag_id: row.dagId ?? null,
    task_id: row.taskId ?? null,
    run_id: row.runKey ?? null,
    map_index: row.mapIndex ?? null,
    try_number: row.tryNumber ?? null,
    event: row.event,
    execution_date: isoOrNull(row.logicalDate),
    owner: row.by.replace(/^user:/, ""),
    extra: row.extra ?? null,
  };
}
