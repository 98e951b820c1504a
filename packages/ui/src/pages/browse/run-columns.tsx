import type { AnswerOf, listRuns } from "@millrace/api";
import { Text } from "@mantine/core";
import { DagLink, RunLink } from "../../components/run-links.tsx";
import { StateBar } from "../../components/states/state-counts.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import type { Column } from "../../components/table/data-table.tsx";
import { DataText, DistanceText, DurationText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.browse;

/** A run of the list. */
export type RunRow = AnswerOf<typeof listRuns>["items"][number];

/** Columns of a list of runs of many DAGs. */
export const RUN_COLUMNS: readonly Column<RunRow>[] = [
  { key: "state", header: words.state, width: 96, cell: ({ state }) => <StateBadge state={state} /> },
  {
    key: "run",
    header: words.run,
    cell: ({ dagId, runKey }) => (
      <>
        <DagLink dagId={dagId} />
        <Text size="xs" truncate component="div">
          <RunLink dagId={dagId} runKey={runKey} />
        </Text>
      </>
    ),
  },
  {
    key: "date",
    header: words.logicalDate,
    width: 330,
    isExtra: true,
    cell: (run) => (
      <>
        <TimeText at={run.logicalDate} />
        <Text size="xs" c="var(--text-dim)" component="div">
          <DataText intervalStart={run.intervalStart} intervalEnd={run.intervalEnd} isZoneSaid />
        </Text>
      </>
    ),
  },
  {
    key: "type",
    header: words.type,
    width: 130,
    isExtra: true,
    cell: ({ runType, triggeredBy }) => (
      <>
        {texts.runTypes[runType]}
        <Text size="xs" c="var(--text-dim)" truncate title={triggeredBy}>
          {triggeredBy}
        </Text>
      </>
    ),
  },
  {
    key: "started",
    header: words.started,
    width: 120,
    isExtra: true,
    cell: ({ startedAt }) => <DistanceText at={startedAt} />,
  },
  {
    key: "duration",
    header: words.duration,
    width: 92,
    isNumeric: true,
    cell: ({ startedAt, endedAt }) => <DurationText from={startedAt} to={endedAt} />,
  },
  { key: "tasks", header: words.tasks, width: 130, isExtra: true, cell: ({ counts }) => <StateBar counts={counts} /> },
];
