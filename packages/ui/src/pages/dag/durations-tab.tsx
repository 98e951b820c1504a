import { getDurations, type AnswerOf } from "@millrace/api";
import { Select, Stack, Text } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { TimeChart } from "../../components/charts/time-chart.tsx";
import { Panel } from "../../components/page.tsx";
import { DataTable, type Column, type Sort } from "../../components/table/data-table.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatDuration } from "../../time/format-time.model.ts";
import { DurationBars } from "./durations/duration-bars.tsx";
import { durationSeries } from "./durations/durations.model.ts";

const words = texts.dag.durations;
const COUNTS = ["25", "50", "100", "250", "500"];
type Answered = AnswerOf<typeof getDurations>;
type TaskTimes = Answered["tasks"][number];

/** How long the newest runs of a DAG took, how late their data was there, and what its tasks took. */
export function DurationsTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/durations" });
  const [filters, change] = useFilters<"count">();
  const count = filters.count !== undefined && COUNTS.includes(filters.count) ? filters.count : "50";
  const durations = useCall(
    getDurations,
    { params: { dagId }, query: { limit: Number(count) } },
    { live: { about: "runs", dagId }, keepsPrevious: true },
  );
  return (
    <Answer
      query={durations}
      isEmpty={({ runs }) => !runs.some(({ runSeconds }) => runSeconds !== undefined)}
      empty={<EmptyState title={words.empty}>{words.emptyHint}</EmptyState>}
      skeletonRows={12}
    >
      {(data) => (
        <Stack>
          <Charts
            dagId={dagId}
            data={data}
            picker={
              <Select
                aria-label={words.runs}
                data={COUNTS.map((value) => ({ value, label: words.count(value) }))}
                value={count}
                onChange={(next) => change({ count: next === "50" ? undefined : (next ?? undefined) })}
                allowDeselect={false}
                size="xs"
                w={110}
              />
            }
          />
          <TaskTable data={data} />
        </Stack>
      )}
    </Answer>
  );
}

function Charts({
  dagId,
  data,
  picker,
}: {
  readonly dagId: string;
  readonly data: Answered;
  readonly picker: ReactNode;
}): ReactNode {
  const navigate = useNavigate();
  const series = useMemo(() => durationSeries(data.runs), [data.runs]);
  const { times, runs } = series;
  const landingLines = useMemo(
    () => [{ label: words.landing, color: "var(--state-running)", values: series.landing, shape: "area" as const }],
    [series],
  );
  const open = useCallback(
    (index: number): void => {
      const runKey = runs[index]?.runKey;
      if (runKey !== undefined) void navigate({ to: "/dags/$dagId/runs/$runKey", params: { dagId, runKey } });
    },
    [runs, dagId, navigate],
  );
  return (
    <>
      <Panel title={words.runsTitle} actions={picker}>
        <DurationBars dagId={dagId} runs={runs} />
      </Panel>
      {series.landing.some((value) => value !== null) && (
        <Panel title={words.landingTitle}>
          <TimeChart
            label={words.landingChart}
            times={times}
            lines={landingLines}
            formatValue={formatDuration}
            onPick={open}
            height={180}
          />
        </Panel>
      )}
    </>
  );
}

const seconds = (value: number): string => formatDuration(value);
type Sortable = keyof TaskTimes;

const COLUMNS: readonly Column<TaskTimes>[] = [
  { key: "taskId", header: words.task, canSort: true, cell: ({ taskId }) => taskId },
  {
    key: "count",
    header: words.times,
    canSort: true,
    isNumeric: true,
    cell: ({ count }) => count.toLocaleString("en"),
  },
  {
    key: "medianSeconds",
    header: words.median,
    canSort: true,
    isNumeric: true,
    cell: (task) => seconds(task.medianSeconds),
  },
  { key: "p95Seconds", header: words.p95, canSort: true, isNumeric: true, cell: (task) => seconds(task.p95Seconds) },
  { key: "lastSeconds", header: words.last, canSort: true, isNumeric: true, cell: (task) => seconds(task.lastSeconds) },
  {
    key: "meanTries",
    header: words.meanTries,
    canSort: true,
    isNumeric: true,
    isExtra: true,
    cell: ({ meanTries }) => meanTries.toFixed(2),
  },
  {
    key: "maxTries",
    header: words.maxTries,
    canSort: true,
    isNumeric: true,
    isExtra: true,
    cell: ({ maxTries }) => maxTries,
  },
];

function TaskTable({ data }: { readonly data: Answered }): ReactNode {
  const [sort, setSort] = useState<Sort>({ key: "medianSeconds", descending: true });
  const rows = useMemo(() => {
    const key = sort.key as Sortable;
    const way = sort.descending ? -1 : 1;
    return data.tasks.toSorted((one, other) =>
      key === "taskId" ? way * one.taskId.localeCompare(other.taskId) : way * (Number(one[key]) - Number(other[key])),
    );
  }, [data.tasks, sort]);
  return (
    <Panel
      title={words.tasksTitle}
      padded={false}
      actions={
        <Text size="sm" c="var(--text-dim)">
          {words.tasksOf(data.taskRuns)}
        </Text>
      }
    >
      <DataTable
        label={words.tasksTitle}
        columns={COLUMNS}
        rows={rows}
        rowId={({ taskId }) => taskId}
        sort={sort}
        onSort={setSort}
        {...(rows.length > 100 && { height: "40rem" })}
      />
    </Panel>
  );
}
