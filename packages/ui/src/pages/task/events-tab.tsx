import { Code } from "@mantine/core";
import type { AnswerOf, findRun, getTaskInstance, V1EventLog } from "@millrace/api";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useV1 } from "../../server/v1-queries.ts";
import { texts } from "../../texts/index.ts";

const SHOWN = 100;
const { events } = texts.task;

const COLUMNS: readonly Column<V1EventLog>[] = [
  { key: "when", header: events.when, cell: ({ when }) => <TimeText at={when} />, width: 210 },
  { key: "event", header: events.event, cell: ({ event: what }) => what },
  { key: "owner", header: events.by, cell: ({ owner }) => owner ?? "–" },
  {
    key: "extra",
    header: events.extra,
    cell: ({ extra }) => (extra === null ? "" : <Code style={{ overflowWrap: "anywhere" }}>{extra}</Code>),
    isExtra: true,
  },
];

/** What people did to this task instance: the newest entries of the audit log. */
export function EventsTab({
  instance,
  run,
}: {
  readonly instance: AnswerOf<typeof getTaskInstance>;
  readonly run: AnswerOf<typeof findRun>;
}): ReactNode {
  const { dagId, runKey, runId } = run;
  const { taskId, mapIndex } = instance;
  const log = useV1(
    "get_event_logs",
    {
      query: {
        dag_id: dagId,
        run_id: runKey,
        task_id: taskId,
        ...(mapIndex >= 0 && { map_index: mapIndex }),
        order_by: "-when",
        limit: SHOWN,
      },
    },
    { live: { about: "runs", dagId, runId } },
  );
  return (
    <Answer
      query={log}
      isEmpty={({ event_logs }) => event_logs.length === 0}
      empty={<EmptyState title={events.none}>{events.noneHint}</EmptyState>}
    >
      {({ event_logs }) => (
        <DataTable
          label={texts.task.tabs.events}
          columns={COLUMNS}
          rows={event_logs}
          rowId={({ event_log_id }) => String(event_log_id)}
        />
      )}
    </Answer>
  );
}
