import type { V1EventLog } from "@millrace/api";
import { Pagination, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { SearchFilter } from "../../components/filters/search-filter.tsx";
import { TimeRangeFilter } from "../../components/filters/time-range-filter.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DagLink, InstanceLink, RunLink } from "../../components/run-links.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useV1 } from "../../server/v1-queries.ts";
import { texts } from "../../texts/index.ts";
import { auditQueryOf, pageNumberOf, type AuditFilterName, type AuditFilters } from "./audit-filters.model.ts";

const words = texts.browse.audit;
const PAGE = 50;
const NOTHING: Record<AuditFilterName, undefined> = {
  dagId: undefined,
  taskId: undefined,
  runKey: undefined,
  event: undefined,
  by: undefined,
  from: undefined,
  to: undefined,
  page: undefined,
};

/** Who did what, newest first. */
export function AuditLogPage(): ReactNode {
  const [filters, change] = useFilters<AuditFilterName>();
  const page = pageNumberOf(filters);
  const query = auditQueryOf(filters, PAGE);
  const entries = useV1("get_event_logs", { query }, { keepsPrevious: true, staleTime: 0 });
  const isNarrowed = Object.keys(NOTHING).some(
    (name) => name !== "page" && filters[name as AuditFilterName] !== undefined,
  );
  return (
    <Page
      title={words.title}
      actions={
        entries.data && (
          <Text size="sm" c="var(--text-dim)">
            {words.count(entries.data.total_entries)}
          </Text>
        )
      }
    >
      <Filters
        filters={filters}
        change={(changes) => change({ ...changes, page: undefined })}
        isNarrowed={isNarrowed}
      />
      <Answer
        query={entries}
        skeletonRows={12}
        isEmpty={({ event_logs: rows }) => rows.length === 0}
        empty={<EmptyState title={isNarrowed || page > 1 ? texts.filters.nothingFits : words.none} />}
      >
        {({ event_logs: rows, total_entries: total }) => (
          <>
            <Panel padded={false}>
              <DataTable label={words.title} columns={COLUMNS} rows={rows} rowId={(row) => String(row.event_log_id)} />
            </Panel>
            {total > PAGE && (
              <Pagination
                total={Math.ceil(total / PAGE)}
                value={page}
                onChange={(next) => change({ page: next === 1 ? undefined : String(next) }, { replace: false })}
                size="sm"
                getControlProps={(control) => ({ "aria-label": texts.pagination[control] })}
                getItemProps={(number) => ({ "aria-label": texts.pagination.page(number) })}
              />
            )}
          </>
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
  readonly filters: AuditFilters;
  readonly change: (changes: Readonly<Partial<Record<AuditFilterName, string | undefined>>>) => void;
  readonly isNarrowed: boolean;
}): ReactNode {
  const exact = [
    ["event", words.eventHint],
    ["by", words.byHint],
    ["dagId", texts.browse.dagExactly],
    ["runKey", texts.browse.runExactly],
    ["taskId", texts.browse.taskExactly],
  ] as const;
  return (
    <FilterBar onReset={isNarrowed ? () => change(NOTHING) : undefined}>
      {exact.map(([name, label]) => (
        <SearchFilter
          key={name}
          label={label}
          value={filters[name]}
          onChange={(value) => change({ [name]: value })}
          width={name === "event" || name === "by" ? 200 : 160}
        />
      ))}
      <TimeRangeFilter
        label={words.when}
        value={{ from: filters.from, to: filters.to }}
        onChange={(range) => change({ ...range })}
      />
    </FilterBar>
  );
}

const COLUMNS: readonly Column<V1EventLog>[] = [
  { key: "when", header: words.when, width: 200, cell: ({ when }) => <TimeText at={when} /> },
  {
    key: "event",
    header: words.event,
    cell: ({ event }) => (
      <Text size="sm" ff="monospace" fz="0.92em">
        {event}
      </Text>
    ),
  },
  { key: "by", header: words.by, cell: ({ owner }) => owner ?? "–" },
  { key: "about", header: words.about, cell: (row) => <About row={row} /> },
  {
    key: "extra",
    header: words.extra,
    isExtra: true,
    cell: ({ extra }) => (
      <Text
        size="xs"
        ff="monospace"
        c="var(--text-dim)"
        lineClamp={2}
        maw={420}
        title={extra ?? undefined}
        style={{ overflowWrap: "anywhere" }}
      >
        {extra}
      </Text>
    ),
  },
];

function About({ row }: { readonly row: V1EventLog }): ReactNode {
  const { dag_id: dagId, run_id: runKey, task_id: taskId, map_index: mapIndex } = row;
  if (dagId === null) return "–";
  if (runKey === null) return <DagLink dagId={dagId} />;
  return (
    <>
      <DagLink dagId={dagId} /> · <RunLink dagId={dagId} runKey={runKey} />
      {taskId !== null && (
        <>
          {" "}
          · <InstanceLink dagId={dagId} runKey={runKey} taskId={taskId} mapIndex={mapIndex ?? -1} />
        </>
      )}
    </>
  );
}
