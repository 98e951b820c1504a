import { Code, Stack, Text } from "@mantine/core";
import { getVersion, type AnswerOf, type findRun, type getTaskInstance, type GraphTask } from "@millrace/api";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { JsonTree } from "../../components/json/json-tree.tsx";
import { Panel } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatDuration } from "../../time/format-time.model.ts";
import { FactList, type Fact } from "./fact-list.tsx";

interface DetailsProps {
  readonly instance: AnswerOf<typeof getTaskInstance>;
  readonly run: AnswerOf<typeof findRun>;
}

/** What the task is in the version that this instance ran on: its options, its neighbours and its own words. */
export function DetailsTab({ instance, run }: DetailsProps): ReactNode {
  const { taskId } = instance;
  const { dagId } = run;
  const version = useCall(
    getVersion,
    { params: { dagId, version: instance.dagVersion ?? run.dagVersion } },
    { staleTime: Infinity },
  );
  return (
    <Stack gap="sm">
      <Answer query={version}>
        {({ graph }) => {
          const task = graph.tasks.find((each) => each.taskId === taskId);
          if (!task) return <EmptyState title={texts.task.notInVersion} />;
          return <TaskOptions task={task} instance={instance} run={run} />;
        }}
      </Answer>
    </Stack>
  );
}

const seconds = (micros: number | undefined): string | undefined =>
  micros === undefined ? undefined : formatDuration(micros / 1_000_000);
const yes = (value: boolean | undefined): string | undefined => (value ? texts.task.options.yes : undefined);

function optionFacts(task: GraphTask): readonly Fact[] {
  const { options } = texts.task;
  const { sensor } = task;
  return [
    [options.operator, task.operator],
    [options.kind, task.kind === "task" ? undefined : task.kind],
    [options.owner, task.owner],
    [options.triggerRule, task.triggerRule],
    [options.retries, task.retries === undefined ? options.bySystem : String(task.retries)],
    [
      options.retryDelay,
      `${seconds(task.retryDelayMicros)}${task.exponentialBackoff ? ` ${options.exponential}` : ""}`,
    ],
    [options.timeout, seconds(task.executionTimeoutMicros)],
    [options.deadline, seconds(task.deadlineMicros)],
    [options.pool, `${task.pool} · ${options.slots(task.poolSlots)}`],
    [options.queue, task.queue],
    [options.priority, `${task.priority} (${task.priorityWeight}, ${task.weightRule})`],
    [options.dependsOnPast, yes(task.dependsOnPast)],
    [options.waitForDownstream, yes(task.waitForDownstream)],
    [options.maxActivePerDag, task.maxActivePerDag?.toString()],
    [options.maxActivePerRun, task.maxActivePerRun?.toString()],
    [options.isolation, task.isolation === "process" ? options.ownProcess : undefined],
    [options.singleAttempt, yes(task.singleAttempt)],
    [options.setup, yes(task.setup)],
    [options.teardown, yes(task.teardown)],
    [
      options.sensor,
      sensor && options.sensorOf(sensor.mode, seconds(sensor.everyMicros) ?? "", seconds(sensor.timeoutMicros) ?? ""),
    ],
    [options.callbacks, task.callbacks.join(", ")],
    [options.templated, task.templated.join(", ")],
    [options.connections, task.connections?.join(", ")],
    [options.variables, task.variables?.join(", ")],
  ];
}

function TaskOptions({ task, instance, run }: DetailsProps & { readonly task: GraphTask }): ReactNode {
  const { options } = texts.task;
  const { upstream = [], downstream = [] } = instance.task ?? {};
  return (
    <>
      <Panel title={options.title}>
        <Stack gap="md">
          <FactList facts={optionFacts(task)} />
          <FactList
            facts={[
              [options.upstream, upstream.length === 0 ? undefined : <TaskLinks taskIds={upstream} run={run} />],
              [options.downstream, downstream.length === 0 ? undefined : <TaskLinks taskIds={downstream} run={run} />],
              [options.inlets, task.inlets.length === 0 ? undefined : <AssetLinks uris={task.inlets} />],
              [options.outlets, task.outlets.length === 0 ? undefined : <AssetLinks uris={task.outlets} />],
            ]}
          />
        </Stack>
      </Panel>
      {task.docMd !== undefined && (
        <Panel title={options.doc}>
          <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {task.docMd}
          </Text>
        </Panel>
      )}
      {task.params !== undefined && Object.keys(task.params).length > 0 && (
        <Panel title={options.params}>
          <JsonTree value={task.params} label={options.params} />
        </Panel>
      )}
      <Panel title={options.asData}>
        <JsonTree value={task} label={options.asData} />
      </Panel>
    </>
  );
}

const SHOWN_LINKS = 40;

function TaskLinks({
  taskIds,
  run,
}: {
  readonly taskIds: readonly string[];
  readonly run: DetailsProps["run"];
}): ReactNode {
  const { dagId, runKey } = run;
  return (
    <>
      {taskIds.slice(0, SHOWN_LINKS).map((taskId, index) => (
        <span key={taskId}>
          {index > 0 && ", "}
          <AppLink to="/dags/$dagId/runs/$runKey/tasks/$taskId" params={{ dagId, runKey, taskId }}>
            {taskId}
          </AppLink>
        </span>
      ))}
      {taskIds.length > SHOWN_LINKS && ` ${texts.task.options.andMore(taskIds.length - SHOWN_LINKS)}`}
    </>
  );
}

function AssetLinks({ uris }: { readonly uris: readonly string[] }): ReactNode {
  return uris.map((uri, index) => (
    <span key={uri}>
      {index > 0 && ", "}
      <AppLink to="/assets/asset" search={{ uri }}>
        <Code>{uri}</Code>
      </AppLink>
    </span>
  ));
}
