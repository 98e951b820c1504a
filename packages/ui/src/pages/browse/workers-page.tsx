import { listQueues, listWorkers, type AnswerOf } from "@millrace/api";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DistanceText } from "../../components/time-text.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { PoolPanel } from "./pool-panel.tsx";

const words = texts.browse.workers;
const CALM_MS = 1_000;
const SETTINGS = { live: { about: "runs" }, calmMs: CALM_MS, staleTime: 0 } as const;

/** What waits and runs of each queue, which workers have tasks, and how full pools are. */
export function WorkersPage(): ReactNode {
  const queues = useCall(listQueues, {}, SETTINGS);
  const workers = useCall(listWorkers, {}, SETTINGS);
  const running = workers.data?.items.reduce((sum, worker) => sum + worker.running, 0);
  return (
    <Page
      title={words.title}
      subtitle={queues.data && running !== undefined && words.capacity(running, queues.data.capacity)}
    >
      <Panel title={words.queues} padded={false}>
        <Answer
          query={queues}
          skeletonRows={3}
          isEmpty={({ items }) => items.length === 0}
          empty={<EmptyState title={words.queuesNone} />}
        >
          {({ items }) => (
            <DataTable label={words.queues} columns={QUEUE_COLUMNS} rows={items} rowId={({ queue }) => queue} />
          )}
        </Answer>
      </Panel>
      <Panel title={words.processes} padded={false}>
        <Answer
          query={workers}
          skeletonRows={3}
          isEmpty={({ items }) => items.length === 0}
          empty={<EmptyState title={words.processesNone} />}
        >
          {({ items }) => (
            <DataTable
              label={words.processes}
              columns={WORKER_COLUMNS}
              rows={items}
              rowId={({ workerId }) => workerId}
            />
          )}
        </Answer>
      </Panel>
      <PoolPanel />
    </Page>
  );
}

type Queue = AnswerOf<typeof listQueues>["items"][number];
type Worker = AnswerOf<typeof listWorkers>["items"][number];
type Counted = "scheduled" | "queued" | "running" | "deferred";

function countColumn(state: Counted, header: string): Column<Queue> {
  return {
    key: state,
    header,
    isNumeric: true,
    cell: (row) =>
      row[state] === 0 ? (
        <Text span c="var(--text-dim)">
          0
        </Text>
      ) : (
        <AppLink to="/task-instances" search={{ queue: row.queue, states: state }}>
          {row[state].toLocaleString("en")}
        </AppLink>
      ),
  };
}

const QUEUE_COLUMNS: readonly Column<Queue>[] = [
  { key: "queue", header: words.queue, cell: ({ queue }) => queue },
  countColumn("scheduled", words.scheduled),
  countColumn("queued", words.queued),
  countColumn("running", words.running),
  countColumn("deferred", words.deferred),
];

const WORKER_COLUMNS: readonly Column<Worker>[] = [
  { key: "worker", header: words.worker, cell: ({ workerId }) => workerId },
  { key: "running", header: words.running, isNumeric: true, cell: ({ running }) => running.toLocaleString("en") },
  { key: "since", header: words.since, cell: ({ since }) => <DistanceText at={since} /> },
  {
    key: "heartbeat",
    header: words.heartbeat,
    isExtra: true,
    cell: ({ heartbeatAt }) => (heartbeatAt === undefined ? words.local : <DistanceText at={heartbeatAt} />),
  },
];
