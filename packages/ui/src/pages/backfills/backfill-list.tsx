import { listBackfills } from "@millrace/api";
import { Group, Progress, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { DagLink } from "../../components/run-links.tsx";
import { Panel } from "../../components/page.tsx";
import { StateBar, StateCounts } from "../../components/states/state-counts.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DistanceText, TimeText } from "../../components/time-text.tsx";
import { useEndlessList } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { BackfillActions } from "./backfill-actions.tsx";
import { shareOfDates, type Backfill } from "./backfill-progress.model.ts";
import { BackfillState } from "./backfill-state.tsx";

const words = texts.backfills;

/** Backfills of a DAG, or of all, the newest first, as they go on. */
export function BackfillList({
  dagId,
  action,
}: {
  /** Absent: of all DAGs. */
  readonly dagId?: string;
  /** What can be done while there is none. */
  readonly action?: ReactNode;
}): ReactNode {
  const ofDag = dagId === undefined ? {} : { dagId };
  const { items, query } = useEndlessList(
    listBackfills,
    { query: { ...ofDag, limit: 50 } },
    {
      live: {
        about: "any",
        of: [
          { about: "backfills", ...ofDag },
          { about: "runs", ...ofDag },
        ],
      },
    },
  );
  return (
    <Panel padded={false}>
      <Answer
        query={query}
        isEmpty={() => items.length === 0}
        empty={
          <EmptyState title={words.empty} action={action}>
            {dagId === undefined ? words.emptyOfAll : words.emptyOfDag}
          </EmptyState>
        }
      >
        {() => (
          <DataTable
            label={words.title}
            columns={columnsOf(dagId === undefined)}
            rows={items}
            rowId={({ backfillId }) => String(backfillId)}
            isReadingMore={query.isFetchingNextPage}
            {...(query.hasNextPage && { onEnd: () => void query.fetchNextPage() })}
          />
        )}
      </Answer>
    </Panel>
  );
}

function columnsOf(hasDag: boolean): readonly Column<Backfill>[] {
  const { columns } = words;
  return [
    ...(hasDag ? [{ key: "dag", header: columns.dag, cell: ({ dagId }: Backfill) => <DagLink dagId={dagId} /> }] : []),
    { key: "state", header: columns.state, cell: ({ state }) => <BackfillState state={state} /> },
    {
      key: "range",
      header: columns.range,
      cell: ({ from, to }) => (
        <>
          <TimeText at={from} precision="minute" /> {words.upTo} <TimeText at={to} precision="minute" />
        </>
      ),
    },
    { key: "progress", header: columns.progress, width: 240, cell: (backfill) => <HowFar backfill={backfill} /> },
    { key: "how", header: columns.how, isExtra: true, cell: (backfill) => howOf(backfill).join(", ") },
    { key: "by", header: columns.by, isExtra: true, cell: ({ by }) => by.replace(/^user:/, "") },
    {
      key: "created",
      header: columns.created,
      isExtra: true,
      cell: ({ createdAt }) => <DistanceText at={createdAt} />,
    },
    { key: "actions", header: "", width: 40, cell: (backfill) => <BackfillActions backfill={backfill} /> },
  ];
}

/** Two things: how much of the range it has gone through, and what became of the runs that it has made. */
function HowFar({ backfill }: { readonly backfill: Backfill }): ReactNode {
  const percent = Math.floor(100 * shareOfDates(backfill));
  const hasMore = backfill.state === "running" || backfill.state === "paused";
  const count = Object.values(backfill.counts).reduce((sum, each) => sum + each, 0);
  return (
    <Stack gap={3} miw={160}>
      {hasMore && <Progress value={percent} size={4} aria-label={words.dates(percent)} />}
      <Group gap="xs" justify="space-between" wrap="nowrap">
        {count === 0 ? (
          <Text size="xs" c="var(--text-dim)">
            {words.noRuns}
          </Text>
        ) : (
          <StateCounts counts={backfill.counts} />
        )}
        {backfill.state !== "ended" && (
          <Text size="xs" c="var(--text-dim)" style={{ whiteSpace: "nowrap" }}>
            {words.dates(percent)}
          </Text>
        )}
      </Group>
      <StateBar counts={backfill.counts} height={4} />
    </Stack>
  );
}

function howOf({ reprocess, reverse, maxActiveRuns, taskIds, conf }: Backfill): readonly string[] {
  return [
    words.how[reprocess],
    ...(reverse ? [words.how.reverse] : []),
    words.how.active(maxActiveRuns),
    ...(taskIds ? [words.how.tasks(taskIds.length)] : []),
    ...(conf !== null && conf !== "{}" ? [words.how.conf] : []),
  ];
}
