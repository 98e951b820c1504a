import type { AnswerOf, searchTaskInstances } from "@millrace/api";
import { Text } from "@mantine/core";
import { DagLink, InstanceLink, RunLink } from "../../components/run-links.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import type { Column } from "../../components/table/data-table.tsx";
import { DistanceText, DurationText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.browse;

/** A task instance of the list. */
export type InstanceRow = AnswerOf<typeof searchTaskInstances>["items"][number];

/** What tells a task instance from all others. */
export function instanceId({ runId, taskId, mapIndex }: InstanceRow): string {
  return `${runId} ${taskId} ${mapIndex}`;
}

/** Columns of a list of task instances of many runs. */
export const INSTANCE_COLUMNS: readonly Column<InstanceRow>[] = [
  { key: "state", header: words.state, width: 140, cell: ({ state }) => <StateBadge state={state} /> },
  {
    key: "task",
    header: words.task,
    cell: ({ run, taskId, mapIndex, mapName, state, cause }) => (
      <>
        <InstanceLink dagId={run.dagId} runKey={run.runKey} taskId={taskId} mapIndex={mapIndex} />
        {mapName !== undefined && ` ${mapName}`}
        {cause && (
          <Text
            size="xs"
            c={state === "failed" ? "var(--state-failed)" : "var(--text-dim)"}
            truncate
            title={cause.message}
          >
            {cause.message}
          </Text>
        )}
      </>
    ),
  },
  {
    key: "run",
    header: words.run,
    isExtra: true,
    cell: ({ run }) => (
      <>
        <DagLink dagId={run.dagId} />
        <Text size="xs" truncate component="div">
          <RunLink dagId={run.dagId} runKey={run.runKey} />
        </Text>
      </>
    ),
  },
  {
    key: "date",
    header: words.logicalDate,
    width: 195,
    isExtra: true,
    cell: ({ run }) => <TimeText at={run.logicalDate} />,
  },
  {
    key: "started",
    header: words.started,
    width: 125,
    isExtra: true,
    cell: ({ startedAt }) => <DistanceText at={startedAt} />,
  },
  {
    key: "duration",
    header: words.duration,
    width: 90,
    isNumeric: true,
    cell: ({ startedAt, endedAt }) => <DurationText from={startedAt} to={endedAt} />,
  },
  {
    key: "try",
    header: words.try,
    width: 70,
    isNumeric: true,
    isExtra: true,
    cell: ({ tryNumber, maxTries }) => (tryNumber === 0 ? "–" : words.tryOf(tryNumber, maxTries + 1)),
  },
];
