import { getActivity, listSchedulers, RUN_STATES, RUN_TYPES, type AnswerOf } from "@millrace/api";
import { SegmentedControl, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { useMay } from "../../app/session-context.tsx";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { TimeRangeFilter } from "../../components/filters/time-range-filter.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { StateBar } from "../../components/states/state-counts.tsx";
import { StateMark } from "../../components/states/state-mark.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { useNow } from "../../time/preferences.tsx";
import { countBy, isSpan, SPANS, spanOf } from "./activity.model.ts";
import classes from "./activity.module.css";
import { PoolPanel } from "./pool-panel.tsx";
import { SchedulerTable } from "./scheduler-table.tsx";
import { InstanceShares } from "./instance-shares.tsx";

const words = texts.browse.activity;
const CALM_MS = 2_000;
const MINUTE_MS = 60_000;

type Activity = AnswerOf<typeof getActivity>;

/** What went on in a span of time, over all DAGs, and how the system stands now. */
export function ActivityPage(): ReactNode {
  const [filters, change] = useFilters<"span" | "from" | "to">();
  const now = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS;
  const range = { from: filters.from, to: filters.to };
  const isOwn = range.from !== undefined || range.to !== undefined;
  const span = isSpan(filters.span) ? filters.span : "day";
  const activity = useCall(
    getActivity,
    { query: isOwn ? definedOf(range) : { from: spanOf(span, now) } },
    { live: { about: "runs" }, calmMs: CALM_MS, staleTime: 0, keepsPrevious: true },
  );
  return (
    <Page title={words.title}>
      <FilterBar>
        <SegmentedControl
          size="xs"
          aria-label={words.span}
          value={isOwn ? "" : span}
          onChange={(next) => change({ span: next === "day" ? undefined : next, from: undefined, to: undefined })}
          data={SPANS.map((value) => ({ value, label: words.spans[value] }))}
        />
        <TimeRangeFilter label={words.span} value={range} onChange={({ from, to }) => change({ from, to })} />
      </FilterBar>
      <Answer query={activity}>{(data) => <ActivityPanels activity={data} />}</Answer>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: "start" }}>
        <PoolPanel />
        <SchedulerPanel />
      </SimpleGrid>
    </Page>
  );
}

function definedOf({ from, to }: { readonly from: string | undefined; readonly to: string | undefined }): {
  readonly from?: string;
  readonly to?: string;
} {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function ActivityPanels({ activity }: { readonly activity: Activity }): ReactNode {
  const { runs, instances, from, to, countedFrom } = activity;
  const byState = countBy(runs, "state");
  return (
    <>
      <Text size="sm" c="var(--text-dim)" component="div">
        <TimeText at={from} precision="minute" /> {words.until} <TimeText at={to} precision="minute" />
        {countedFrom !== undefined && (
          <>
            . {words.countedFrom} <TimeText at={countedFrom} />
          </>
        )}
      </Text>
      {runs.length === 0 ? (
        <EmptyState title={words.none} />
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: "start" }}>
          <Panel title={words.runs}>
            <div className={classes["scroll"]}>
              <RunStateTable runs={runs} />
            </div>
            <StateBar counts={byState} height={10} />
          </Panel>
          <Panel title={words.instances}>
            <InstanceShares counts={instances} />
          </Panel>
        </SimpleGrid>
      )}
    </>
  );
}

/** Runs: types × states. */
function RunStateTable({ runs }: { readonly runs: Activity["runs"] }): ReactNode {
  const byState = countBy(runs, "state");
  return (
    <table className={classes["table"]}>
      <thead>
        <tr>
          <th scope="col">{words.runType}</th>
          {RUN_STATES.map((state) => (
            <th key={state} scope="col">
              <StateMark state={state} size={14} /> {texts.states[state]}
            </th>
          ))}
          <th scope="col">{words.total}</th>
        </tr>
      </thead>
      <tbody>
        {RUN_TYPES.map((type) => {
          const ofType = runs.filter(({ runType }) => runType === type);
          return (
            <tr key={type}>
              <th scope="row">{texts.runTypes[type]}</th>
              {RUN_STATES.map((state) => (
                <td key={state}>{(countBy(ofType, "state")[state] ?? 0).toLocaleString("en")}</td>
              ))}
              <td>{ofType.reduce((sum, { count }) => sum + count, 0).toLocaleString("en")}</td>
            </tr>
          );
        })}
        <tr className={classes["sum"]}>
          <th scope="row">{words.total}</th>
          {RUN_STATES.map((state) => (
            <td key={state}>{(byState[state] ?? 0).toLocaleString("en")}</td>
          ))}
          <td>{runs.reduce((sum, { count }) => sum + count, 0).toLocaleString("en")}</td>
        </tr>
      </tbody>
    </table>
  );
}

function SchedulerPanel(): ReactNode {
  const may = useMay();
  const isAllowed = may("can_read", "Jobs");
  const schedulers = useCall(listSchedulers, {}, { staleTime: 0, enabled: isAllowed });
  if (!isAllowed) return null;
  return (
    <Panel title={words.schedulers} padded={false}>
      <Answer
        query={schedulers}
        skeletonRows={2}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={texts.browse.jobs.none} />}
      >
        {({ items }) => <SchedulerTable schedulers={items} />}
      </Answer>
    </Panel>
  );
}
