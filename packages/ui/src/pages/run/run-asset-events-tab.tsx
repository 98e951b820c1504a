import type { V1DatasetEvent } from "@millrace/api";
import { Code, Stack } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useV1 } from "../../server/v1-queries.ts";
import { texts } from "../../texts/index.ts";
import { useRun } from "./use-run.ts";

const words = texts.run.assets;
const AT_MOST = 100;

/** Updates of assets that started a run, and those that it made. */
export function RunAssetEventsTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/asset-events" });
  const { data: run } = useRun(dagId, runKey);
  const live = { about: "assets" } as const;
  const produced = useV1(
    "get_dataset_events",
    { query: { source_dag_id: dagId, source_run_id: runKey, limit: AT_MOST } },
    { live },
  );
  const consumed = useV1(
    "get_upstream_dataset_events",
    { path: { dag_id: dagId, dag_run_id: runKey } },
    { enabled: run?.runType === "asset_triggered" },
  );
  return (
    <Stack>
      <Panel title={words.consumed} padded={false}>
        {run && run.runType !== "asset_triggered" ? (
          <EmptyState title={words.noneConsumed} />
        ) : (
          <Events query={consumed} label={words.consumed} empty={words.noneConsumed} />
        )}
      </Panel>
      <Panel title={words.produced} padded={false}>
        <Events query={produced} label={words.produced} empty={words.noneProduced} />
      </Panel>
    </Stack>
  );
}

function Events({
  query,
  label,
  empty,
}: {
  readonly query: ReturnType<typeof useV1<"get_dataset_events">>;
  readonly label: string;
  readonly empty: string;
}): ReactNode {
  return (
    <Answer
      query={query}
      isEmpty={({ dataset_events }) => dataset_events.length === 0}
      empty={<EmptyState title={empty} />}
      skeletonRows={3}
    >
      {({ dataset_events }) => (
        <DataTable
          label={label}
          columns={COLUMNS}
          rows={dataset_events}
          rowId={({ dataset_id, timestamp, source_task_id, source_map_index }) =>
            `${dataset_id} ${timestamp} ${source_task_id} ${source_map_index}`
          }
        />
      )}
    </Answer>
  );
}

const COLUMNS: readonly Column<V1DatasetEvent>[] = [
  { key: "when", header: words.when, width: "13rem", cell: ({ timestamp }) => <TimeText at={timestamp} /> },
  {
    key: "asset",
    header: words.asset,
    cell: ({ dataset_uri: uri }) => (
      <AppLink to="/assets/asset" search={{ uri }}>
        {uri}
      </AppLink>
    ),
  },
  {
    key: "from",
    header: words.from,
    cell: ({ source_dag_id: dagId, source_run_id: runKey, source_task_id: taskId }) =>
      dagId === null || runKey === null || taskId === null ? (
        "–"
      ) : (
        <AppLink to="/dags/$dagId/runs/$runKey/tasks/$taskId" params={{ dagId, runKey, taskId }}>
          {dagId} · {taskId}
        </AppLink>
      ),
  },
  {
    key: "extra",
    header: words.extra,
    isExtra: true,
    cell: ({ extra }) => (extra === null ? null : <Code>{JSON.stringify(extra)}</Code>),
  },
];
