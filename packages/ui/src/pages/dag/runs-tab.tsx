import { listRuns, RUN_STATES, type AnswerOf } from "@millrace/api";
import { Group, Text } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { splitFilter, useFilters } from "../../app/url-filters.ts";
import { BulkRunActions } from "../../components/actions/bulk-run-actions.tsx";
import { RunActions } from "../../components/actions/run-actions.tsx";
import { TriggerButton } from "../../components/actions/trigger-button.tsx";
import { EmptyState, ErrorState, LoadingState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { SearchFilter } from "../../components/filters/search-filter.tsx";
import { StateFilter } from "../../components/filters/state-filter.tsx";
import { TimeRangeFilter } from "../../components/filters/time-range-filter.tsx";
import { Panel } from "../../components/page.tsx";
import { StateBar } from "../../components/states/state-counts.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DataText, DistanceText, DurationText, TimeText } from "../../components/time-text.tsx";
import { useEndlessList } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { RunTypeFilter } from "./grid/grid-filters.tsx";
import { RunTypeIcon } from "./grid/run-bars.tsx";

const words = texts.dag.runs;
type Run = AnswerOf<typeof listRuns>["items"][number];
type FilterName = "states" | "types" | "from" | "to" | "search";

const COLUMNS: readonly Column<Run>[] = [
  {
    key: "run",
    header: words.run,
    cell: ({ dagId, runKey, runType }) => (
      <Group gap={6} wrap="nowrap" maw={{ base: "10rem", sm: "19rem" }}>
        <RunTypeIcon type={runType} size={13} />
        <AppLink to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey }} truncate title={runKey}>
          {runKey}
        </AppLink>
      </Group>
    ),
  },
  { key: "state", header: words.state, width: "7.5rem", cell: ({ state }) => <StateBadge state={state} /> },
  { key: "date", header: words.logicalDate, isExtra: true, cell: (run) => <RunDates {...run} /> },
  { key: "started", header: words.started, isExtra: true, cell: ({ startedAt }) => <DistanceText at={startedAt} /> },
  {
    key: "duration",
    header: words.duration,
    isNumeric: true,
    cell: ({ startedAt, endedAt }) => <DurationText from={startedAt} to={endedAt} />,
  },
  {
    key: "tasks",
    header: words.tasks,
    isExtra: true,
    width: "7rem",
    cell: ({ counts }) => <StateBar counts={counts} />,
  },
  { key: "by", header: words.triggeredBy, isExtra: true, cell: ({ triggeredBy }) => triggeredBy },
  { key: "act", header: "", width: "2.5rem", cell: (run) => <RunActions run={run} look="menu" /> },
];

/** The logical date, and below it the data that the run is about. */
function RunDates({ logicalDate, intervalStart, intervalEnd }: Run): ReactNode {
  return (
    <div style={{ whiteSpace: "nowrap" }}>
      <TimeText at={logicalDate} />
      <Text size="xs" c="var(--text-dim)" component="div">
        <DataText intervalStart={intervalStart} intervalEnd={intervalEnd} />
      </Text>
    </div>
  );
}

/** The runs of a DAG, newest first. */
export function RunsTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/runs" });
  const [filters, change] = useFilters<FilterName>();
  const { states, types, from, to, search } = filters;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const narrowing = {
    ...(states !== undefined && { states }),
    ...(types !== undefined && { runTypes: types }),
    ...(from !== undefined && { logicalDateFrom: from }),
    ...(to !== undefined && { logicalDateTo: to }),
    ...(search !== undefined && { key: search }),
  };
  const { items, query } = useEndlessList(
    listRuns,
    { query: { dagId, limit: 50, ...narrowing } },
    { live: { about: "runs", dagId }, keepsPrevious: true },
  );
  const isNarrowed = Object.keys(narrowing).length > 0;
  const reset = (): void =>
    change({ states: undefined, types: undefined, from: undefined, to: undefined, search: undefined });
  const bar = (
    <FilterBar onReset={isNarrowed ? reset : undefined}>
      <SearchFilter label={words.search} value={search} onChange={(next) => change({ search: next })} />
      <StateFilter
        label={texts.dag.grid.states}
        states={RUN_STATES}
        value={states}
        onChange={(next) => change({ states: next })}
      />
      <RunTypeFilter value={splitFilter(types)} onChange={(next) => change({ types: next })} />
      <TimeRangeFilter label={texts.dag.grid.dates} value={{ from, to }} onChange={(next) => change({ ...next })} />
    </FilterBar>
  );
  const isEmpty = items.length === 0 && !query.hasNextPage;
  return (
    <Panel actions={bar} padded={false}>
      <div style={{ padding: chosen.size > 0 ? "0.4rem 0.75rem" : 0 }}>
        <BulkRunActions
          runs={items.filter(({ runId }) => chosen.has(String(runId)))}
          onClear={() => setChosen(new Set())}
        />
      </div>
      {query.error && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.data === undefined && !query.error && <LoadingState rows={10} />}
      {query.data !== undefined && isEmpty && (
        <EmptyState
          title={isNarrowed ? words.emptyFiltered : words.empty}
          action={isNarrowed ? undefined : <TriggerButton dagId={dagId} />}
        />
      )}
      {query.data !== undefined && !isEmpty && (
        <DataTable
          label={words.label}
          columns={COLUMNS}
          rows={items}
          rowId={({ runId }) => String(runId)}
          selection={{ ids: chosen, onChange: setChosen }}
          isReadingMore={query.isFetchingNextPage}
          {...(query.hasNextPage && { onEnd: () => void query.fetchNextPage() })}
        />
      )}
    </Panel>
  );
}
