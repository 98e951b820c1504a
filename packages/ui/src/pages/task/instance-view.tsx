import { Code, Group, Stack, Text } from "@mantine/core";
import { getTaskInstance, isTerminal, listTries, type AnswerOf, type findRun } from "@millrace/api";
import type { ReactNode } from "react";
import { NoteEditor } from "../../components/actions/note-editor.tsx";
import { TaskInstanceActions } from "../../components/actions/task-instance-actions.tsx";
import { Answer } from "../../components/answer.tsx";
import { ButtonLink } from "../../components/app-link.tsx";
import { Page } from "../../components/page.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { CauseAlert } from "./cause-alert.tsx";
import { InstanceFacts } from "./instance-facts.tsx";
import { InstanceTabs } from "./instance-tabs.tsx";
import { TaskCrumbs } from "./task-crumbs.tsx";
import { WhyPanel } from "./why-panel.tsx";

/** A task instance: how it is, why it is so, and all that it left. */
export function InstanceView({
  run,
  taskId,
  mapIndex,
}: {
  readonly run: AnswerOf<typeof findRun>;
  readonly taskId: string;
  readonly mapIndex: number;
}): ReactNode {
  const { runId, dagId, runKey } = run;
  const live = { about: "runs", dagId, runId } as const;
  const params = { runId, taskId, mapIndex };
  const instance = useCall(getTaskInstance, { params }, { live });
  const tries = useCall(listTries, { params }, { live });
  const { data } = instance;
  const title = titleOf(data?.task?.label ?? taskId, mapIndex, data?.mapName);
  const crumbs = TaskCrumbs({ dagId, runKey, ...(mapIndex >= 0 && { mappedTaskId: taskId }) });
  return (
    <Page
      title={title}
      crumbs={crumbs}
      heading={
        <Group gap="sm">
          {title}
          {data && (
            <Text span fz="md" fw={500}>
              <StateBadge state={data.state} />
            </Text>
          )}
        </Group>
      }
      subtitle={data?.task && <TaskSubtitle taskId={taskId} task={data.task} />}
      actions={
        data && (
          <>
            <ExtraLinks links={data.links} />
            <TaskInstanceActions instance={{ run, taskId, mapIndex, state: data.state }} look="buttons" hasShortcuts />
          </>
        )
      }
    >
      <Answer query={instance}>
        {(found) => (
          <Stack gap="md">
            <InstanceFacts instance={found} run={run} />
            <div>
              <NoteEditor target={{ dagId, runId, task: { taskId, mapIndex } }} note={found.note} hasShortcuts />
            </div>
            {found.state === "failed" && found.cause && <CauseAlert cause={found.cause} />}
            {!isTerminal(found.state) && found.state !== "running" && (
              <WhyPanel run={run} taskId={taskId} mapIndex={mapIndex} />
            )}
            <InstanceTabs instance={found} run={run} tries={tries} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function titleOf(label: string, mapIndex: number, mapName: string | undefined): string {
  if (mapIndex < 0) return label;
  return mapName === undefined ? `${label} [${mapIndex}]` : `${label} [${mapIndex}] ${mapName}`;
}

type Task = NonNullable<AnswerOf<typeof getTaskInstance>["task"]>;

function TaskSubtitle({ taskId, task }: { readonly taskId: string; readonly task: Task }): ReactNode {
  return (
    <Group gap="xs">
      {task.label !== taskId && <Code>{taskId}</Code>}
      <Text span inherit>
        {task.operator}
      </Text>
      ·
      <Text span inherit>
        {texts.task.owner} {task.owner}
      </Text>
    </Group>
  );
}

function ExtraLinks({ links }: { readonly links: AnswerOf<typeof getTaskInstance>["links"] }): ReactNode {
  return links.map(({ name: label, dagId }) => (
    <ButtonLink key={`${label} ${dagId}`} to="/dags/$dagId" params={{ dagId }} size="compact-sm" variant="default">
      {label}: {dagId}
    </ButtonLink>
  ));
}
