import type { V1EventLog, V1Operations } from "@millrace/api";
import { Code } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorState, EmptyState, LoadingState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { TimeText } from "../../components/time-text.tsx";
import type { LiveTopic } from "../../live/topics.model.ts";
import { client } from "../../server/client.ts";
import { texts } from "../../texts/index.ts";

const words = texts.dag.events;
const AT_ONCE = 100;
/** What people only looked at before they did it, or did not. */
const PREVIEWS = "api.previewCommand,api.previewBackfill";

/** What people and programs did to a DAG, or to one run of it, newest first. */
export function AuditEvents({ dagId, runKey }: { readonly dagId: string; readonly runKey?: string }): ReactNode {
  const live: LiveTopic = {
    about: "any",
    of: [
      { about: "dags", dagId },
      { about: "runs", dagId },
    ],
  };
  const list = useInfiniteQuery({
    queryKey: ["v1", "get_event_logs", dagId, runKey ?? "", "endless"],
    initialPageParam: 0,
    queryFn: async ({ signal, pageParam }) => {
      const query: V1Operations["get_event_logs"]["query"] = {
        dag_id: dagId,
        limit: AT_ONCE,
        offset: pageParam,
        order_by: "-event_log_id",
        excluded_events: PREVIEWS,
        ...(runKey !== undefined && { run_id: runKey }),
      };
      return await client.v1("get_event_logs", { query }, { signal });
    },
    getNextPageParam: ({ event_logs, total_entries = 0 }, _, offset) =>
      offset + event_logs.length < total_entries && event_logs.length > 0 ? offset + event_logs.length : undefined,
    meta: { live },
  });
  const rows = (list.data?.pages ?? []).flatMap(({ event_logs }) => event_logs);
  if (list.data === undefined)
    return list.error ? <ErrorState error={list.error} retry={() => void list.refetch()} /> : <LoadingState />;
  if (rows.length === 0) return <EmptyState title={words.empty}>{words.emptyHint}</EmptyState>;
  return (
    <Panel padded={false}>
      <DataTable
        label={words.label}
        columns={columnsFor(dagId, runKey)}
        rows={rows}
        rowId={({ event_log_id }) => String(event_log_id)}
        isReadingMore={list.isFetchingNextPage}
        {...(list.hasNextPage && { onEnd: () => void list.fetchNextPage() })}
      />
    </Panel>
  );
}

function columnsFor(dagId: string, runKey: string | undefined): readonly Column<V1EventLog>[] {
  return [
    { key: "when", header: words.when, width: "13rem", cell: ({ when }) => <TimeText at={when} /> },
    { key: "event", header: words.event, width: "14rem", cell: ({ event }) => event },
    { key: "who", header: words.who, width: "10rem", cell: ({ owner }) => owner ?? "–" },
    ...(runKey === undefined
      ? [
          {
            key: "run",
            header: words.run,
            isExtra: true,
            cell: ({ run_id: key }: V1EventLog) =>
              key === null ? (
                "–"
              ) : (
                <AppLink to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey: key }}>
                  {key}
                </AppLink>
              ),
          },
        ]
      : []),
    {
      key: "task",
      header: words.task,
      isExtra: true,
      cell: ({ task_id: task, map_index: index }) =>
        task === null ? "–" : `${task}${index === null || index < 0 ? "" : ` [${index}]`}`,
    },
    {
      key: "extra",
      header: words.extra,
      isExtra: true,
      cell: ({ extra }) => (extra === null ? null : <Code style={{ overflowWrap: "anywhere" }}>{extra}</Code>),
    },
  ];
}
