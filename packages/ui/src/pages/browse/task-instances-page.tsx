import { searchTaskInstances, TASK_STATES } from "@millrace/api";
import { NumberInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { BulkInstanceActions } from "../../components/actions/bulk-instance-actions.tsx";
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
import { INSTANCE_COLUMNS, instanceId, type InstanceRow } from "./instance-columns.tsx";
import { instanceQueryOf, type InstanceFilterName, type InstanceFilters } from "./instance-filters.model.ts";
import { LookFurther } from "./look-further.tsx";

const words = texts.browse;
const CALM_MS = 1_500;
const ROW_HEIGHT = 54;
const NOTHING: Record<InstanceFilterName, undefined> = {
  states: undefined,
  dagId: undefined,
  runKey: undefined,
  taskId: undefined,
  pool: undefined,
  queue: undefined,
  startedFrom: undefined,
  startedTo: undefined,
  endedFrom: undefined,
  endedTo: undefined,
  minSeconds: undefined,
  maxSeconds: undefined,
};

/** Task instances of all runs, of the newest run first, with filters and what can be done to several. */
export function TaskInstancesPage(): ReactNode {
  const [filters, change] = useFilters<InstanceFilterName>();
  const query = instanceQueryOf(filters);
  const { dagId } = filters;
  const instances = useWindowedList(
    searchTaskInstances,
    { query },
    {
      live: { about: "runs", ...(dagId !== undefined && { dagId }) },
      calmMs: CALM_MS,
      staleTime: 0,
      keepsPrevious: true,
    },
  );
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const isNarrowed = Object.keys(query).length > 0;
  return (
    <Page title={words.instances.title}>
      <Filters filters={filters} change={change} isNarrowed={isNarrowed} />
      <Answer
        query={instances.query}
        isEmpty={() => instances.items.length === 0 && !instances.hasMore}
        empty={<EmptyState title={isNarrowed ? texts.filters.nothingFits : words.instances.none} />}
      >
        {() => (
          <Panel padded={false}>
            <ChosenBar count={chosen.size}>
              <BulkInstanceActions
                instances={instances.items.filter((row) => chosen.has(instanceId(row)))}
                onClear={() => choose(new Set())}
              />
            </ChosenBar>
            <DataTable<InstanceRow>
              label={words.instances.title}
              columns={INSTANCE_COLUMNS}
              rows={instances.items}
              rowId={instanceId}
              selection={{ ids: chosen, onChange: choose }}
              height="max(24rem, calc(100dvh - 13.5rem))"
              rowHeight={ROW_HEIGHT}
              isFixed
              onVisible={instances.onVisible}
              onEnd={instances.hasMore ? instances.readMore : undefined}
              isReadingMore={instances.isReadingMore}
            />
            <LookFurther list={instances} />
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
  readonly filters: InstanceFilters;
  readonly change: (changes: Readonly<Partial<Record<InstanceFilterName, string | undefined>>>) => void;
  readonly isNarrowed: boolean;
}): ReactNode {
  const exact = [
    ["dagId", words.dagExactly],
    ["taskId", words.taskExactly],
    ["runKey", words.runExactly],
    ["pool", words.pool],
    ["queue", words.queue],
  ] as const;
  return (
    <FilterBar onReset={isNarrowed ? () => change(NOTHING) : undefined}>
      <StateFilter
        label={words.states}
        states={TASK_STATES}
        value={filters.states}
        onChange={(states) => change({ states })}
      />
      {exact.map(([name, label]) => (
        <SearchFilter
          key={name}
          label={label}
          value={filters[name]}
          onChange={(value) => change({ [name]: value })}
          width={name === "pool" || name === "queue" ? 120 : 165}
        />
      ))}
      {(["started", "ended"] as const).map((name) => (
        <TimeRangeFilter
          key={name}
          label={words[name]}
          value={{ from: filters[`${name}From`], to: filters[`${name}To`] }}
          onChange={({ from, to }) => change({ [`${name}From`]: from, [`${name}To`]: to })}
        />
      ))}
      {(["minSeconds", "maxSeconds"] as const).map((name) => (
        <NumberInput
          key={name}
          aria-label={words[name]}
          placeholder={words[name]}
          min={0}
          value={filters[name] ?? ""}
          onChange={(value) => change({ [name]: value === "" ? undefined : String(value) })}
          size="xs"
          w={130}
        />
      ))}
    </FilterBar>
  );
}
