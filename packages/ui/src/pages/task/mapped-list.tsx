import { Group, Stack, Text } from "@mantine/core";
import { getInstancesWindow, TASK_STATES, type AnswerOf, type findRun } from "@millrace/api";
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { StateFilter } from "../../components/filters/state-filter.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { DurationText, TimeText } from "../../components/time-text.tsx";
import { callOptions, useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import classes from "./mapped-list.module.css";

type Run = AnswerOf<typeof findRun>;
type Item = AnswerOf<typeof getInstancesWindow>["items"][number];

const PART = 200;
const ROW_HEIGHT = 34;

/** All instances of a mapped task, however many: only those in sight are read and drawn. */
export function MappedList({ run, taskId }: { readonly run: Run; readonly taskId: string }): ReactNode {
  const [{ state }, change] = useFilters<"state">();
  const input = (offset: number) => ({
    params: { runId: run.runId },
    query: { taskId, offset, limit: PART, ...(state !== undefined && { states: state }) },
  });
  const live = { about: "runs", dagId: run.dagId, runId: run.runId } as const;
  const first = useCall(getInstancesWindow, input(0), { live, keepsPrevious: true });
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <StateFilter
          label={texts.task.stateFilter}
          states={TASK_STATES}
          value={state}
          onChange={(value) => change({ state: value })}
        />
        {first.data && (
          <Text size="xs" c="var(--text-dim)" role="status">
            {texts.task.instances(first.data.total)}
          </Text>
        )}
      </Group>
      <Answer
        query={first}
        isEmpty={({ total }) => total === 0}
        empty={<EmptyState title={texts.task.noInstanceFits} />}
      >
        {({ total }) => (
          <Rows
            key={state}
            run={run}
            total={total}
            partOf={(index) => callOptions(getInstancesWindow, input(index * PART), { live })}
          />
        )}
      </Answer>
    </Stack>
  );
}

interface RowsProps {
  readonly run: Run;
  readonly total: number;
  readonly partOf: (index: number) => ReturnType<typeof callOptions<typeof getInstancesWindow>>;
}

function Rows({ run, total, partOf }: RowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  });
  const rows = virtual.getVirtualItems();
  const indexes = [...new Set(rows.map(({ index }) => Math.floor(index / PART)))];
  const parts = useQueries({ queries: indexes.map(partOf) });
  const itemAt = (row: number): Item | undefined =>
    parts[indexes.indexOf(Math.floor(row / PART))]?.data?.items[row % PART];
  const { columns } = texts.task;
  return (
    <div
      ref={scroller}
      className={classes["scroller"]}
      role="table"
      aria-label={texts.task.instances(total)}
      aria-rowcount={total + 1}
      tabIndex={0}
    >
      <div role="row" className={classes["head"]} aria-rowindex={1}>
        {[columns.index, columns.state, columns.started, columns.duration, columns.tries, columns.worker].map(
          (name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ),
        )}
      </div>
      <div role="rowgroup" className={classes["body"]} style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ index, start }) => (
          <Row key={index} run={run} index={index} start={start} item={itemAt(index)} />
        ))}
      </div>
    </div>
  );
}

function Row({
  run,
  index,
  start,
  item,
}: {
  readonly run: Run;
  readonly index: number;
  readonly start: number;
  readonly item: Item | undefined;
}): ReactNode {
  const { dagId, runKey } = run;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes["row"]}
      style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}
    >
      {item === undefined ? (
        <span role="cell" className={classes["waiting"]}>
          …
        </span>
      ) : (
        <>
          <span role="cell" className={classes["name"]}>
            <AppLink
              to="/dags/$dagId/runs/$runKey/tasks/$taskId"
              params={{ dagId, runKey, taskId: item.taskId }}
              search={{ map: String(item.mapIndex) }}
            >
              {item.mapIndex}
              {item.mapName !== undefined && ` · ${item.mapName}`}
            </AppLink>
          </span>
          <span role="cell">
            <StateBadge state={item.state} />
          </span>
          <span role="cell">
            <TimeText at={item.startedAt} />
          </span>
          <span role="cell">
            <DurationText from={item.startedAt} to={item.endedAt} />
          </span>
          <span role="cell">
            {item.tryNumber} / {item.maxTries + 1}
          </span>
          <span role="cell" className={classes["name"]}>
            {item.workerId ?? "–"}
          </span>
        </>
      )}
    </div>
  );
}
