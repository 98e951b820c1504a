import { Box } from "@mantine/core";
import type { AnswerOf, findRun, getTaskInstance } from "@millrace/api";
import type { ReactNode } from "react";
import { AppLink } from "../../components/app-link.tsx";
import { DurationText, IntervalText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import { FactList } from "./fact-list.tsx";

/** The facts of a task instance that are asked for first. */
export function InstanceFacts({
  instance,
  run,
}: {
  readonly instance: AnswerOf<typeof getTaskInstance>;
  readonly run: AnswerOf<typeof findRun>;
}): ReactNode {
  const { facts } = texts.task;
  const { queuedAt, startedAt, endedAt, dueAt, workerId } = instance;
  const version = instance.dagVersion ?? run.dagVersion;
  return (
    <Box>
      <FactList
        facts={[
          [facts.try, facts.tryOf(instance.tryNumber, instance.maxTries + 1)],
          [facts.duration, startedAt === undefined ? undefined : <DurationText from={startedAt} to={endedAt} />],
          [facts.queued, queuedAt === undefined ? undefined : <TimeText at={queuedAt} />],
          [facts.started, startedAt === undefined ? undefined : <TimeText at={startedAt} />],
          [facts.ended, endedAt === undefined ? undefined : <TimeText at={endedAt} />],
          [facts.due, dueAt === undefined ? undefined : <TimeText at={dueAt} />],
          [
            facts.worker,
            workerId === undefined ? undefined : (
              <AppLink to="/workers" search={{ search: workerId }}>
                {workerId}
              </AppLink>
            ),
          ],
          [
            facts.version,
            <AppLink
              key="version"
              to="/dags/$dagId/code"
              params={{ dagId: run.dagId }}
              search={{ version: String(version) }}
            >
              {version}
            </AppLink>,
          ],
          [
            facts.logicalDate,
            <IntervalText
              key="interval"
              logicalDate={instance.logicalDate}
              intervalStart={instance.intervalStart}
              intervalEnd={instance.intervalEnd}
            />,
          ],
        ]}
      />
    </Box>
  );
}
