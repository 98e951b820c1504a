import type { AnswerOf, listSchedulers } from "@millrace/api";
import { Group, Text } from "@mantine/core";
import { CircleCheck, CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DistanceText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.browse.jobs;

type Scheduler = AnswerOf<typeof listSchedulers>["items"][number];

/** Schedulers, and whether each is heard of. */
export function SchedulerTable({ schedulers }: { readonly schedulers: readonly Scheduler[] }): ReactNode {
  return (
    <DataTable
      label={words.title}
      columns={COLUMNS}
      rows={schedulers}
      rowId={({ schedulerId }) => String(schedulerId)}
    />
  );
}

const COLUMNS: readonly Column<Scheduler>[] = [
  {
    key: "id",
    header: words.id,
    cell: ({ schedulerId, isAlive }) => (
      <Group gap={6} wrap="nowrap">
        {isAlive ? (
          <CircleCheck size={15} color="var(--state-success)" aria-hidden />
        ) : (
          <CircleX size={15} color="var(--state-failed)" aria-hidden />
        )}
        {schedulerId}
        <Text span size="sm" c="var(--text-dim)">
          {isAlive ? words.alive : words.silent}
        </Text>
      </Group>
    ),
  },
  { key: "host", header: words.host, cell: ({ host }) => host },
  { key: "pid", header: words.pid, isNumeric: true, isExtra: true, cell: ({ pid }) => pid },
  { key: "started", header: words.started, isExtra: true, cell: ({ startedAt }) => <TimeText at={startedAt} /> },
  { key: "heartbeat", header: words.heartbeat, cell: ({ heartbeatAt }) => <DistanceText at={heartbeatAt} /> },
];
