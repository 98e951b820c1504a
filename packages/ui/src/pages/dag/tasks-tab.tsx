import { getDag, getDurations, type Graph, type GraphTask } from "@millrace/api";
import { useParams } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { SearchFilter } from "../../components/filters/search-filter.tsx";
import { Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatDuration } from "../../time/format-time.model.ts";

const words = texts.dag.tasks;

interface TaskLine {
  readonly task: GraphTask;
  readonly upstream: readonly string[];
  readonly downstream: readonly string[];
  readonly medianSeconds?: number;
  readonly lastSeconds?: number;
}

/** The tasks of a DAG's newest version: what they are, and how long they take. */
export function TasksTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/tasks" });
  const [{ search }, change] = useFilters<"search">();
  const dag = useCall(getDag, { params: { dagId } }, { live: { about: "dags", dagId } });
  const durations = useCall(getDurations, { params: { dagId } }, { live: { about: "runs", dagId } });
  const graph = dag.data?.graph;
  const times = durations.data?.tasks;
  const lines = useMemo(() => (graph ? linesOf(graph, times ?? []) : []), [graph, times]);
  const found = search?.toLowerCase() ?? "";
  const rows = lines.filter(({ task }) => `${task.taskId} ${task.operator}`.toLowerCase().includes(found));
  return (
    <Panel
      padded={false}
      actions={<SearchFilter label={words.search} value={search} onChange={(next) => change({ search: next })} />}
    >
      <Answer query={dag} isEmpty={() => rows.length === 0} empty={<EmptyState title={words.empty} />}>
        {() => (
          <DataTable
            label={words.label}
            columns={columnsFor(dagId)}
            rows={rows}
            rowId={({ task }) => task.taskId}
            {...(rows.length > 100 && { height: "calc(100dvh - 18rem)" })}
          />
        )}
      </Answer>
    </Panel>
  );
}

function linesOf(
  graph: Graph,
  times: readonly { readonly taskId: string; readonly medianSeconds: number; readonly lastSeconds: number }[],
): readonly TaskLine[] {
  const byTask = new Map(times.map((each) => [each.taskId, each]));
  const downstream = new Map<number, string[]>();
  for (const task of graph.tasks)
    for (const { task: upstream } of task.upstream)
      downstream.set(upstream, [...(downstream.get(upstream) ?? []), task.taskId]);
  return graph.tasks.map((task, place) => ({
    task,
    upstream: task.upstream.flatMap((edge) => graph.tasks[edge.task]?.taskId ?? []),
    downstream: downstream.get(place) ?? [],
    ...byTask.get(task.taskId),
  }));
}

/** A few names, and how many more there are. */
function few(names: readonly string[]): ReactNode {
  if (names.length === 0) return "–";
  const more = names.length - 2;
  return (
    <span title={names.join(", ")}>
      {names.slice(0, 2).join(", ")}
      {more > 0 && ` +${more}`}
    </span>
  );
}

function columnsFor(dagId: string): readonly Column<TaskLine>[] {
  return [
    {
      key: "task",
      header: words.task,
      cell: ({ task: { taskId, displayName } }) => (
        <AppLink to="/dags/$dagId/grid" params={{ dagId }} search={{ task: taskId }} title={taskId}>
          {displayName ?? taskId}
        </AppLink>
      ),
    },
    { key: "operator", header: words.operator, cell: ({ task }) => task.operator },
    { key: "rule", header: words.rule, isExtra: true, cell: ({ task }) => task.triggerRule },
    {
      key: "owner",
      header: words.owner,
      isExtra: true,
      cell: ({ task }) => <span style={{ whiteSpace: "nowrap" }}>{task.owner}</span>,
    },
    {
      key: "pool",
      header: words.pool,
      isExtra: true,
      cell: ({ task: { pool, poolSlots } }) => (poolSlots > 1 ? `${pool} (${poolSlots})` : pool),
    },
    { key: "queue", header: words.queue, isExtra: true, cell: ({ task }) => task.queue },
    {
      key: "retries",
      header: words.retries,
      isExtra: true,
      isNumeric: true,
      cell: ({ task }) => task.retries ?? words.bySystem,
    },
    { key: "upstream", header: words.upstream, isExtra: true, cell: ({ upstream }) => few(upstream) },
    { key: "downstream", header: words.downstream, isExtra: true, cell: ({ downstream }) => few(downstream) },
    {
      key: "median",
      header: words.median,
      isNumeric: true,
      cell: ({ medianSeconds }) => (medianSeconds === undefined ? "–" : formatDuration(medianSeconds)),
    },
    {
      key: "last",
      header: words.last,
      isNumeric: true,
      cell: ({ lastSeconds }) => (lastSeconds === undefined ? "–" : formatDuration(lastSeconds)),
    },
  ];
}
