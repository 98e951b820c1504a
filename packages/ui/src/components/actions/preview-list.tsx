import { Alert, Loader, Group, Stack, Text } from "@mantine/core";
import { ArrowRight, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { describeError } from "../../server/describe-error.ts";
import { texts } from "../../texts/index.ts";
import { EmptyState, ErrorState } from "../answer.tsx";
import { StateBadge } from "../states/state-mark.tsx";
import { StateCounts } from "../states/state-counts.tsx";
import { DataTable, type Column } from "../table/data-table.tsx";
import type { PreviewRow, PreviewSummary } from "./preview-summary.model.ts";
import { MOST_RUNS } from "./read-previews.ts";
import type { Action } from "./use-action.ts";

const words = texts.act;
const MOST_UNSCROLLED = 8;

/** Exactly what would happen: states of runs, versions, and every task instance with its state now and then. */
export function PreviewList({
  action: { query, summary },
  runs,
}: {
  readonly action: Pick<Action, "query" | "summary">;
  /** How many runs are looked at. */
  readonly runs: number;
}): ReactNode {
  const { data, error } = query;
  if (error) return <ErrorState error={error} retry={() => void query.refetch()} isRetrying={query.isFetching} />;
  if (data === undefined) {
    return (
      <Group gap="xs" mih={120} justify="center" role="status">
        <Loader size="xs" />
        <Text size="sm">{words.reading(runs)}</Text>
      </Group>
    );
  }
  if (summary === undefined) {
    return (
      <Alert color="yellow" icon={<TriangleAlert size={18} />}>
        {words.tooMany(MOST_RUNS)}
      </Alert>
    );
  }
  return (
    <Stack gap="xs" style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }} aria-busy={query.isFetching}>
      <Filled summary={summary} />
    </Stack>
  );
}

function Filled({ summary }: { readonly summary: PreviewSummary }): ReactNode {
  const { rows, total, fromCounts, toCounts, touched, refused } = summary;
  return (
    <>
      {touched.length === 0 && refused.length === 0 && (
        <EmptyState title={words.nothing}>{words.nothingHint}</EmptyState>
      )}
      <AboutRuns summary={summary} />
      {total > 0 && (
        <Group gap="sm" aria-live="polite">
          <Text size="sm" fw={600}>
            {words.instances(total)}
          </Text>
          <StateCounts counts={fromCounts} />
          <ArrowRight size={14} aria-label={words.to} />
          <StateCounts counts={toCounts} />
        </Group>
      )}
      {rows.length > 0 && <Rows rows={rows} hasRuns={touched.length > 1} />}
      {rows.length < total && (
        <Text size="xs" c="var(--text-dim)">
          {words.listed(rows.length)}
        </Text>
      )}
    </>
  );
}

/** What happens to the runs themselves, and to which nothing does. */
function AboutRuns({ summary }: { readonly summary: PreviewSummary }): ReactNode {
  const { touched, untouched, refused, moved, runChanges } = summary;
  const [firstMove] = moved;
  const [change] = runChanges;
  return (
    <Stack gap={4} fz="sm">
      {change && runChanges.length === 1 && touched.length === 1 && (
        <Group gap={6}>
          {words.runGoes} {change.from && <StateBadge state={change.from} />} {words.to}{" "}
          <StateBadge state={change.to} />
        </Group>
      )}
      {touched.length > 1 && runChanges.length > 0 && <span>{words.runsChange(runChanges.length)}</span>}
      {firstMove && moved.length === 1 && <span>{words.moves(firstMove.run.dagVersion, firstMove.version)}</span>}
      {firstMove && moved.length > 1 && <span>{words.movesMany(moved.length, firstMove.version)}</span>}
      {untouched.length > 0 && touched.length > 0 && <span>{words.untouched(untouched.length)}</span>}
      {refused.length > 0 && (
        <Alert color="yellow" title={words.refused(refused.length)}>
          {refused.slice(0, MOST_UNSCROLLED).map(({ run, error }) => (
            <Text key={run.runId} size="sm" style={{ overflowWrap: "anywhere" }}>
              <b>{run.runKey}</b>: {describeError(error).detail}
            </Text>
          ))}
        </Alert>
      )}
    </Stack>
  );
}

function Rows({ rows, hasRuns }: { readonly rows: readonly PreviewRow[]; readonly hasRuns: boolean }): ReactNode {
  const isMapped = rows.some(({ mapIndex }) => mapIndex >= 0);
  const columns: readonly Column<PreviewRow>[] = [
    ...(hasRuns ? [{ key: "run", header: words.columns.run, cell: ({ run }: PreviewRow) => run.runKey }] : []),
    { key: "task", header: words.columns.task, cell: ({ taskId }) => taskId },
    ...(isMapped
      ? [
          {
            key: "index",
            header: words.columns.index,
            isNumeric: true,
            cell: ({ mapIndex }: PreviewRow) => (mapIndex < 0 ? "" : mapIndex),
          },
        ]
      : []),
    { key: "from", header: words.columns.now, cell: ({ from }) => (from ? <StateBadge state={from} /> : words.made) },
    { key: "to", header: words.columns.then, cell: ({ to }) => <StateBadge state={to} /> },
  ];
  return (
    <DataTable
      label={words.instances(rows.length)}
      columns={columns}
      rows={rows}
      rowId={({ id }) => id}
      {...(rows.length > MOST_UNSCROLLED && { height: "300px" })}
    />
  );
}
