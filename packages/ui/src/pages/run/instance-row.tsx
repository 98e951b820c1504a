import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";
import type { InstanceTarget } from "../../components/actions/action-targets.model.ts";
import { LazyMenu } from "../../components/actions/lazy-menu.tsx";
import { TaskInstanceActions } from "../../components/actions/task-instance-actions.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { DurationText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import { formatDuration, formatTime, secondsBetween } from "../../time/format-time.model.ts";
import classes from "./run.module.css";
import type { Instance } from "./use-instances.ts";
import type { RunWhole } from "./use-run.ts";

const words = texts.run.tasks;

/** Height of a line of the list, in pixels. */
export const INSTANCE_LINE = 34;

/** The head of the list. */
export function InstanceHead(): ReactNode {
  return (
    <div className={classes["row"]} data-head role="row">
      <span role="columnheader" aria-label={texts.table.choose} />
      <span role="columnheader">{words.task}</span>
      <span role="columnheader">{words.state}</span>
      <span role="columnheader" data-extra>
        {words.tries}
      </span>
      <span role="columnheader" data-extra>
        {words.started}
      </span>
      <span role="columnheader" data-extra>
        {words.duration}
      </span>
      <span role="columnheader" data-extra>
        {words.queuedFor}
      </span>
      <span role="columnheader" data-extra>
        {words.worker}
      </span>
      <span role="columnheader" aria-label={texts.actions.more} />
    </div>
  );
}

/** What a line of the list is drawn from. The same values mean the same picture. */
export interface InstanceRowProps {
  readonly place: number;
  readonly top: number;
  readonly run: RunWhole;
  readonly instance: Instance | undefined;
  readonly isChosen: boolean;
  /** In which times are written. */
  readonly zone: string;
  readonly onToggle: (id: string, target: InstanceTarget) => void;
}

/** How a task instance is told from the others of its run. */
export function instanceId({ taskId, mapIndex }: Pick<Instance, "taskId" | "mapIndex">): string {
  return `${taskId} ${mapIndex}`;
}

/** A task instance in the list, or the place where it will stand. */
export const InstanceRow = memo(function InstanceRow(props: InstanceRowProps): ReactNode {
  const { place, top, instance, isChosen } = props;
  const style = { top, height: INSTANCE_LINE };
  if (instance) {
    return (
      <div
        className={classes["row"]}
        style={style}
        role="row"
        aria-rowindex={place + 2}
        data-chosen={isChosen || undefined}
      >
        <InstanceCells {...props} instance={instance} />
      </div>
    );
  }
  return (
    <div className={classes["row"]} style={style} role="row" aria-rowindex={place + 2} aria-busy="true">
      <span />
      <span style={{ color: "var(--text-dim)" }} role="cell">
        {words.reading}
      </span>
    </div>
  );
});

// Plain elements where a kit's would do more: rows are made by the dozen in each frame of scrolling.
function InstanceCells({
  run,
  instance,
  isChosen,
  zone,
  onToggle,
}: InstanceRowProps & { readonly instance: Instance }): ReactNode {
  const { taskId, mapIndex, mapName, state, tryNumber, maxTries, startedAt, queuedAt, workerId } = instance;
  const name = mapIndex < 0 ? taskId : `${taskId} [${mapName ?? mapIndex}]`;
  const target: InstanceTarget = { run, taskId, mapIndex, state };
  const queued = startedAt === undefined ? undefined : secondsBetween(queuedAt, startedAt, 0);
  return (
    <>
      <span role="cell">
        <input
          type="checkbox"
          className={classes["check"]}
          aria-label={`${texts.table.choose} ${name}`}
          checked={isChosen}
          onChange={() => onToggle(instanceId(instance), target)}
        />
      </span>
      <span role="cell" title={name}>
        <Link
          to="/dags/$dagId/runs/$runKey/tasks/$taskId"
          params={{ dagId: run.dagId, runKey: run.runKey, taskId }}
          search={mapIndex < 0 ? {} : { map: String(mapIndex) }}
          className={classes["link"]}
          preload={false}
        >
          {name}
        </Link>
      </span>
      <span role="cell">
        <StateBadge state={state} />
      </span>
      <span role="cell" data-extra>
        {tryNumber > 0 && (maxTries > 0 ? `${tryNumber}/${maxTries + 1}` : tryNumber)}
      </span>
      <StartCell startedAt={startedAt} zone={zone} />
      <span role="cell" data-extra>
        <Lasted instance={instance} />
      </span>
      <span role="cell" data-extra>
        {queued !== undefined && formatDuration(queued)}
      </span>
      <span role="cell" data-extra title={workerId}>
        {workerId}
      </span>
      <span role="cell">
        <LazyMenu label={texts.act.moreOfInstance}>
          <TaskInstanceActions instance={target} look="openMenu" />
        </LazyMenu>
      </span>
    </>
  );
}

function StartCell({ startedAt, zone }: { readonly startedAt: string | undefined; readonly zone: string }): ReactNode {
  const shown = startedAt === undefined ? undefined : formatTime(startedAt, zone);
  return (
    <span role="cell" data-extra title={startedAt}>
      {shown && (
        <time dateTime={startedAt}>
          {shown.text} <span className={classes["zone"]}>{shown.zone}</span>
        </time>
      )}
    </span>
  );
}

/** Only what goes on follows the clock. */
function Lasted({ instance: { startedAt, endedAt } }: { readonly instance: Instance }): ReactNode {
  if (startedAt === undefined) return null;
  if (endedAt === undefined) return <DurationText from={startedAt} to={undefined} />;
  return formatDuration(secondsBetween(startedAt, endedAt, 0) ?? 0);
}
