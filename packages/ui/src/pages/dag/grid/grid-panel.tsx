import { CloseButton, Group, Stack, Text } from "@mantine/core";
import { findRun, getTaskInstance, whyRun, type AnswerOf } from "@millrace/api";
import type { ReactNode } from "react";
import { NoteEditor, type NoteTarget } from "../../../components/actions/note-editor.tsx";
import { RunActions } from "../../../components/actions/run-actions.tsx";
import { TaskInstanceActions } from "../../../components/actions/task-instance-actions.tsx";
import { Answer } from "../../../components/answer.tsx";
import { AppLink, ButtonLink } from "../../../components/app-link.tsx";
import { Facts } from "../../../components/facts.tsx";
import { Panel } from "../../../components/page.tsx";
import { StateBadge, type ShownState } from "../../../components/states/state-mark.tsx";
import { StateBar, StateCounts } from "../../../components/states/state-counts.tsx";
import { DurationText, IntervalText, TimeText } from "../../../components/time-text.tsx";
import { WhySaid } from "../../../components/why-said.tsx";
import { useCall } from "../../../server/queries.ts";
import { texts } from "../../../texts/index.ts";
import { GroupActions } from "./group-actions.tsx";
import { squareOf } from "../../../components/task-tree/grid-cells.model.ts";
import type { GridRow } from "../../../components/task-tree/grid-rows.model.ts";
import type { GridRun, GridShape } from "./use-grid.ts";
import { useCellsOf } from "./use-cells-of.ts";
import type { useGridFilters } from "./use-grid-filters.ts";

const words = texts.dag.panel;

/** What is chosen in the grid, and where. */
export interface GridPanelProps {
  readonly dagId: string;
  readonly filters: ReturnType<typeof useGridFilters>;
  readonly shape: GridShape;
}

/** What people most often want of the chosen run or task, and what they do with it. */
export function GridPanel({ dagId, filters: [filters, change], shape }: GridPanelProps): ReactNode {
  const run = shape.runs.find(({ runKey }) => runKey === filters.run);
  const row = shape.rows.find(({ id }) => id === filters.task);
  const close = (): void => change({ run: undefined, task: undefined, dag_run_id: undefined, task_id: undefined });
  const kind = filters.task === undefined ? "run" : row?.kind === "group" ? "group" : "task";
  return (
    <Panel
      title={texts.dag.grid.panel[kind]}
      actions={<CloseButton size="sm" aria-label={texts.dag.grid.panel.close} onClick={close} />}
    >
      <Stack gap="sm">
        {filters.task !== undefined && (
          <TaskPart
            dagId={dagId}
            taskId={filters.task}
            row={row}
            run={run}
            around={(task) => change({ around: task })}
          />
        )}
        {filters.run !== undefined && filters.task === undefined && <RunPart dagId={dagId} runKey={filters.run} />}
      </Stack>
    </Panel>
  );
}

function RunPart({ dagId, runKey }: { readonly dagId: string; readonly runKey: string }): ReactNode {
  const query = useCall(
    findRun,
    { params: { dagId, runKey } },
    { live: { about: "runs", dagId }, keepsPrevious: true },
  );
  return (
    <Answer query={query} skeletonRows={8}>
      {(run) => (
        <>
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            <AppLink to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey }}>
              {run.runKey}
            </AppLink>
          </Text>
          <StateBar counts={run.counts} />
          <Facts
            facts={[
              [words.state, <StateBadge key="state" state={run.state} />],
              [words.tasks, <StateCounts key="counts" counts={run.counts} />],
              [words.logicalDate, <IntervalText key="date" {...run} />],
              [words.started, run.startedAt && <TimeText at={run.startedAt} />],
              [words.duration, run.startedAt && <DurationText from={run.startedAt} to={run.endedAt} />],
              [words.type, texts.runTypes[run.runType]],
              [words.triggeredBy, run.triggeredBy],
              [words.version, run.dagVersion],
            ]}
          />
          <Group gap="xs">
            <RunActions run={run} />
          </Group>
          <Group gap="xs">
            <ButtonLink size="xs" variant="light" to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey }}>
              {words.openRun}
            </ButtonLink>
            <ButtonLink size="xs" variant="default" to="/dags/$dagId/runs/$runKey/graph" params={{ dagId, runKey }}>
              {words.graph}
            </ButtonLink>
            <ButtonLink size="xs" variant="default" to="/dags/$dagId/runs/$runKey/gantt" params={{ dagId, runKey }}>
              {words.gantt}
            </ButtonLink>
          </Group>
          <div>
            <NoteEditor target={{ dagId, runId: run.runId }} note={run.note} />
          </div>
          {run.endedAt === undefined && <WhyOfRun runId={run.runId} dagId={dagId} />}
        </>
      )}
    </Answer>
  );
}

function WhyOfRun(props: { readonly runId: number; readonly dagId: string; readonly taskId?: string }): ReactNode {
  const { runId, dagId, taskId } = props;
  const query = useCall(
    whyRun,
    { params: { runId }, query: taskId === undefined ? {} : { taskId } },
    { live: { about: "runs", dagId, runId }, keepsPrevious: true },
  );
  const said = query.data
    ? [...(taskId === undefined ? query.data.run : []), ...query.data.tasks.flatMap((task) => task.said)]
    : [];
  return said.length === 0 ? null : <WhySaid title={words.why} said={said.slice(0, 4)} />;
}

interface TaskPartProps {
  readonly dagId: string;
  readonly taskId: string;
  readonly row: GridRow | undefined;
  readonly run: GridRun | undefined;
  readonly around: (task: string) => void;
}

function TaskPart({ dagId, taskId, row, run, around }: TaskPartProps): ReactNode {
  return (
    <>
      <Text fw={600} style={{ overflowWrap: "anywhere" }}>
        {taskId}
      </Text>
      {run === undefined && (
        <Text size="sm" c="var(--text-dim)">
          {words.chooseRun}
        </Text>
      )}
      {run && row && (row.kind === "group" || row.isMapped) && <ManyPart row={row} run={run} dagId={dagId} />}
      {run && row?.kind === "task" && !row.isMapped && <InstancePart dagId={dagId} taskId={taskId} run={run} />}
      <Text size="sm">
        <AppLink
          to="/dags/$dagId/grid"
          params={{ dagId }}
          search={{ task: taskId, around: taskId, run: run?.runKey }}
          onClick={() => around(taskId)}
        >
          {texts.dag.grid.showAround}
        </AppLink>
      </Text>
    </>
  );
}

function InstancePart({
  dagId,
  taskId,
  run,
}: {
  readonly dagId: string;
  readonly taskId: string;
  readonly run: GridRun;
}): ReactNode {
  const { runId, runKey } = run;
  const query = useCall(
    getTaskInstance,
    { params: { runId, taskId, mapIndex: -1 } },
    { live: { about: "runs", dagId, runId }, keepsPrevious: true },
  );
  const params = { dagId, runKey, taskId };
  return (
    <Answer query={query} skeletonRows={8}>
      {(instance) => (
        <>
          <InstanceFacts instance={instance} run={run} />
          {instance.cause && <CauseText title={words.failed} {...instance.cause} />}
          <Group gap="xs">
            <TaskInstanceActions instance={{ run, taskId, mapIndex: -1, state: instance.state }} />
          </Group>
          <Group gap="xs">
            <ButtonLink size="xs" variant="light" to="/dags/$dagId/runs/$runKey/tasks/$taskId" params={params}>
              {words.logs}
            </ButtonLink>
            <ButtonLink size="xs" variant="default" to="/dags/$dagId/runs/$runKey" params={params}>
              {words.openRun}
            </ButtonLink>
          </Group>
          <div>
            <NoteEditor target={targetOf(dagId, instance)} note={instance.note} />
          </div>
          {instance.endedAt === undefined && <WhyOfRun runId={runId} dagId={dagId} taskId={taskId} />}
        </>
      )}
    </Answer>
  );
}

/** Of the instance that is shown: until another one is read that is the one before. */
function targetOf(dagId: string, { runId, taskId, mapIndex }: AnswerOf<typeof getTaskInstance>): NoteTarget {
  return { dagId, runId, task: { taskId, mapIndex } };
}

interface InstanceLike {
  readonly state: ShownState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly workerId?: string;
  readonly task?: { readonly operator: string };
}

function InstanceFacts({ instance, run }: { readonly instance: InstanceLike; readonly run: GridRun }): ReactNode {
  const { queuedAt, startedAt, endedAt } = instance;
  return (
    <Facts
      facts={[
        [words.state, <StateBadge key="state" state={instance.state} />],
        [
          words.tries,
          instance.tryNumber > 0 &&
            words.triesOf(instance.tryNumber, Math.max(instance.tryNumber, instance.maxTries + 1)),
        ],
        [words.duration, startedAt && <DurationText from={startedAt} to={endedAt} />],
        [words.started, startedAt && <TimeText at={startedAt} />],
        [words.queued, queuedAt && startedAt && <DurationText from={queuedAt} to={startedAt} />],
        [words.operator, instance.task?.operator],
        [words.worker, instance.workerId],
        [words.logicalDate, <IntervalText key="date" {...run} />],
      ]}
    />
  );
}

function CauseText({ title, message }: { readonly title: string; readonly message: string }): ReactNode {
  return (
    <div>
      <Text size="sm" fw={600} c="var(--state-failed)">
        {title}
      </Text>
      <Text size="sm" ff="monospace" lineClamp={8} style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {message}
      </Text>
    </div>
  );
}

/** A mapped task or a group: its instances together. */
function ManyPart({
  row,
  run,
  dagId,
}: {
  readonly row: GridRow;
  readonly run: GridRun;
  readonly dagId: string;
}): ReactNode {
  const cells = useCellsOf(run, dagId, row);
  const square = squareOf(cells);
  const params = { dagId, runKey: run.runKey };
  const search = row.kind === "task" ? { task: row.id } : {};
  if (!square) return <Text size="sm">{words.notMade}</Text>;
  return (
    <>
      <StateBar counts={square.counts} />
      <Facts
        facts={[
          [words.instances, square.total.toLocaleString("en")],
          [words.state, <StateCounts key="counts" counts={square.counts} />],
          [words.started, square.startedAt && <TimeText at={square.startedAt} />],
          [words.duration, square.startedAt && <DurationText from={square.startedAt} to={square.endedAt} />],
          [words.logicalDate, <IntervalText key="date" {...run} />],
        ]}
      />
      <Group gap="xs">
        {row.kind === "task" ? (
          <TaskInstanceActions instance={{ run, taskId: row.id, mapIndex: -1, state: square.state }} />
        ) : (
          <GroupActions run={run} groupId={row.id} taskIds={cells.map(({ taskId }) => taskId)} />
        )}
      </Group>
      <Group gap="xs">
        <ButtonLink size="xs" variant="light" to="/dags/$dagId/runs/$runKey/tasks" params={params} search={search}>
          {words.instances}
        </ButtonLink>
        {(square.counts.failed ?? 0) > 0 && (
          <ButtonLink
            size="xs"
            variant="default"
            to="/dags/$dagId/runs/$runKey/tasks"
            params={params}
            search={{ ...search, states: "failed" }}
          >
            {words.showFailed}
          </ButtonLink>
        )}
      </Group>
    </>
  );
}
