import { listRuns, RUN_STATES, RUN_TYPES } from "@millrace/api";
import { MultiSelect } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { joinFilter, splitFilter, useFilters } from "../../app/url-filters.ts";
import { BulkRunActions } from "../../components/actions/bulk-run-actions.tsx";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { SearchFilter } from "../../components/filters/search-filter.tsx";
import { StateFilter } from "../../components/filters/state-filter.tsx";
import { TimeRangeFilter } from "../../components/filters/time-range-filter.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable } from "../../components/table/data-table.tsx";
import { useWindowedList } from "../../server/windowed-list.ts";
import { texts } from "../../texts/index.ts";
import { ChosenBar } from "./chosen-bar.tsx";
import { LookFurther } from "./look-further.tsx";
import { RUN_COLUMNS, type RunRow } from "./run-columns.tsx";
import { runQueryOf, type RunFilterName, type RunFilters } from "./run-filters.model.ts";

const words = texts.browse;
const CALM_MS = 1_000;
const ROW_HEIGHT = 54;
const NOTHING: Record<RunFilterName, undefined> = {
  states: undefined,
  types: undefined,
  dagId: undefined,
  key: undefined,
  by: undefined,
  dateFrom: undefined,
  dateTo: undefined,
  queuedFrom: undefined,
  queuedTo: undefined,
};

/** All runs, newest first, with filters and what can be done to several. */
export function RunsPage(): ReactNode {
  const [filters, change] = useFilters<RunFilterName>();
  const query = runQueryOf(filters);
  const runs = useWindowedList(
    listRuns,
    { query },
    {
      live: { about: "runs", ...(filters.dagId !== undefined && { dagId: filters.dagId }) },
      calmMs: CALM_MS,
      staleTime: 0,
      keepsPrevious: true,
    },
  );
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const isNarrowed = Object.values(query).some((value) => value !== undefined);
  return (
    <Page title={words.runs.title}>
      <Filters filters={filters} change={change} isNarrowed={isNarrowed} />
      <Answer
        query={runs.query}
        isEmpty={() => runs.items.length === 0 && !runs.hasMore}
        empty={<EmptyState title={isNarrowed ? texts.filters.nothingFits : words.runs.none} />}
      >
        {() => (
          <Panel padded={false}>
            <ChosenBar count={chosen.size}>
              <BulkRunActions
                runs={runs.items.filter(({ runId }) => chosen.has(String(runId)))}
                onClear={() => choose(new Set())}
              />
            </ChosenBar>
            <DataTable<RunRow>
              label={words.runs.title}
              columns={RUN_COLUMNS}
              rows={runs.items}
              rowId={({ runId }) => String(runId)}
              selection={{ ids: chosen, onChange: choose }}
              height="max(24rem, calc(100dvh - 13.5rem))"
              rowHeight={ROW_HEIGHT}
              isFixed
              onVisible={runs.onVisible}
              onEnd={runs.hasMore ? runs.readMore : undefined}
              isReadingMore={runs.isReadingMore}
            />
            <LookFurther list={runs} />
          </Panel>
        )}
      </Answer>
    </Page>
  );
}

function Filters({
  filters,
  change,
  isNarrowed,
}: {
  readonly filters: RunFilters;
  readonly change: (changes: Readonly<Partial<Record<RunFilterName, string | undefined>>>) => void;
  readonly isNarrowed: boolean;
}): ReactNode {
  return (
    <FilterBar onReset={isNarrowed ? () => change(NOTHING) : undefined}>
      <StateFilter
        label={words.states}
        states={RUN_STATES}
        value={filters.states}
        onChange={(states) => change({ states })}
      />
      <MultiSelect
        aria-label={words.type}
        placeholder={filters.types === undefined ? words.type : undefined}
        data={RUN_TYPES.map((type) => ({ value: type, label: texts.runTypes[type] }))}
        value={[...splitFilter(filters.types)]}
        onChange={(types) => change({ types: joinFilter(types) })}
        clearable
        size="xs"
        miw={130}
        maw={300}
      />
      <SearchFilter
        label={words.dagExactly}
        value={filters.dagId}
        onChange={(dagId) => change({ dagId })}
        width={170}
      />
      <SearchFilter label={words.runs.search} value={filters.key} onChange={(key) => change({ key })} width={180} />
      <SearchFilter label={words.triggeredByHint} value={filters.by} onChange={(by) => change({ by })} width={200} />
      <TimeRangeFilter
        label={words.logicalDate}
        value={{ from: filters.dateFrom, to: filters.dateTo }}
        onChange={({ from, to }) => change({ dateFrom: from, dateTo: to })}
      />
      <TimeRangeFilter
        label={words.queued}
        value={{ from: filters.queuedFrom, to: filters.queuedTo }}
        onChange={({ from, to }) => change({ queuedFrom: from, queuedTo: to })}
      />
    </FilterBar>
  );
}
