import { Checkbox } from "@mantine/core";
import type { CSSProperties, ReactNode } from "react";
import type { InstanceTarget } from "../../components/actions/action-targets.model.ts";
import { TaskInstanceActions } from "../../components/actions/task-instance-actions.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { DurationText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./run.module.css";
import type { Instance } from "./use-instances.ts";
import type { RunWhole } from "./use-run.ts";

const words = texts.run.tasks;

/** Height of a line of the list, in pixels. */
export const INSTANCE_LINE = 34;
const STYLE = {
  "--columns": "1.4rem minmax(9rem, 2.4fr) 9rem 3.5rem 13rem 5.5rem 5.5rem minmax(5rem, 1fr) 2.2rem",
} as CSSProperties;
const NARROW = { "--columns": "1.4rem minmax(8rem, 1fr) 7.5rem 2.2rem" } as CSSProperties;

/** The head of the list. */
export function InstanceHead(): ReactNode {
  return (
    <div className={classes["row"]} data-head role="row" style={columns()}>
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

function columns(): CSSProperties {
  return window.matchMedia("(max-width: 48em)").matches ? NARROW : STYLE;
}

/** A task instance in the list, or the place where it will stand. */
export function InstanceRow({
  place,
  top,
  run,
  instance,
  chosen,
  onToggle,
}: {
  readonly place: number;
  readonly top: number;
  readonly run: RunWhole;
  readonly instance: Instance | undefined;
  readonly chosen: ReadonlyMap<string, InstanceTarget>;
  readonly onToggle: (id: string, target: InstanceTarget) => void;
}): ReactNode {
  const style = { top, height: INSTANCE_LINE, ...columns() };
  if (!instance) {
    return (
      <div className={classes["row"]} style={style} role="row" aria-rowindex={place + 2} aria-busy="true">
        <span />
        <span style={{ color: "var(--text-dim)" }} role="cell">
          {words.reading}
        </span>
      </div>
    );
  }
  const { taskId, mapIndex, mapName, state, tryNumber, maxTries, startedAt, endedAt, queuedAt, workerId } = instance;
  const id = `${taskId} ${mapIndex}`;
  const name = mapIndex < 0 ? taskId : `${taskId} [${mapName ?? mapIndex}]`;
  const target: InstanceTarget = { run, taskId, mapIndex, state };
  return (
    <div
      className={classes["row"]}
      style={style}
      role="row"
      aria-rowindex={place + 2}
      data-chosen={chosen.has(id) || undefined}
    >
      <span role="cell">
        <Checkbox
          size="xs"
          aria-label={`${texts.table.choose} ${name}`}
          checked={chosen.has(id)}
          onChange={() => onToggle(id, target)}
        />
      </span>
      <span role="cell" title={name}>
        <AppLink
          to="/dags/$dagId/runs/$runKey/tasks/$taskId"
          params={{ dagId: run.dagId, runKey: run.runKey, taskId }}
          search={mapIndex < 0 ? {} : { map: String(mapIndex) }}
        >
          {name}
        </AppLink>
      </span>
      <span role="cell">
        <StateBadge state={state} />
      </span>
      <span role="cell" data-extra>
        {tryNumber > 0 && (maxTries > 0 ? `${tryNumber}/${maxTries + 1}` : tryNumber)}
      </span>
      <span role="cell" data-extra>
        <TimeText at={startedAt} />
      </span>
      <span role="cell" data-extra>
        <DurationText from={startedAt} to={endedAt} />
      </span>
      <span role="cell" data-extra>
        {startedAt !== undefined && <DurationText from={queuedAt} to={startedAt} />}
      </span>
      <span role="cell" data-extra title={workerId}>
        {workerId}
      </span>
      <span role="cell">
        <TaskInstanceActions instance={target} look="menu" />
      </span>
    </div>
  );
}
