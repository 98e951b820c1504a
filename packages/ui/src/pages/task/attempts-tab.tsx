import { Group, Stack, Text } from "@mantine/core";
import type { AnswerOf, listTries } from "@millrace/api";
import type { ReactNode } from "react";
import { AppLink } from "../../components/app-link.tsx";
import { EmptyState } from "../../components/answer.tsx";
import { Panel } from "../../components/page.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { DurationText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import { CauseAlert } from "./cause-alert.tsx";
import { FactList } from "./fact-list.tsx";
import { useFilters } from "../../app/url-filters.ts";

type Try = AnswerOf<typeof listTries>["items"][number];

/** Every try, the newest first: how it went, where, and why it ended so. */
export function AttemptsTab({ tries, dagId }: { readonly tries: readonly Try[]; readonly dagId: string }): ReactNode {
  if (tries.length === 0) return <EmptyState title={texts.task.log.noTry}>{texts.task.log.noTryHint}</EmptyState>;
  return (
    <Stack gap="sm">
      {tries.toReversed().map((each) => (
        <Attempt key={each.tryNumber} attempt={each} dagId={dagId} />
      ))}
    </Stack>
  );
}

function Attempt({ attempt, dagId }: { readonly attempt: Try; readonly dagId: string }): ReactNode {
  const { tryNumber, state, queuedAt, startedAt, endedAt, workerId, cause, dagVersion, logs } = attempt;
  const { facts } = texts.task;
  const [filters] = useFilters<"map">();
  const lines = logs.reduce((sum, log) => sum + log.lines, 0);
  return (
    <Panel
      title={
        <Group gap="sm">
          {texts.task.attempt(tryNumber)}
          <Text span fw={400} size="sm">
            <StateBadge state={state} />
          </Text>
        </Group>
      }
      actions={
        <AppLink to="." search={{ ...filters, try: String(tryNumber), tab: undefined }} fz="sm">
          {texts.task.itsLog(lines)}
        </AppLink>
      }
    >
      <Stack gap="sm">
        <FactList
          facts={[
            [facts.duration, startedAt === undefined ? undefined : <DurationText from={startedAt} to={endedAt} />],
            [
              facts.waited,
              queuedAt === undefined || startedAt === undefined ? undefined : (
                <DurationText from={queuedAt} to={startedAt} />
              ),
            ],
            [facts.queued, queuedAt === undefined ? undefined : <TimeText at={queuedAt} precision="millisecond" />],
            [facts.started, startedAt === undefined ? undefined : <TimeText at={startedAt} precision="millisecond" />],
            [facts.ended, endedAt === undefined ? undefined : <TimeText at={endedAt} precision="millisecond" />],
            [facts.worker, workerId],
            [
              facts.version,
              dagVersion === undefined ? undefined : (
                <AppLink to="/dags/$dagId/code" params={{ dagId }} search={{ version: String(dagVersion) }}>
                  {dagVersion}
                </AppLink>
              ),
            ],
          ]}
        />
        {cause && <CauseAlert cause={cause} />}
      </Stack>
    </Panel>
  );
}
