import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { StateMark, stateWord } from "../../../components/states/state-mark.tsx";
import { TimeText } from "../../../components/time-text.tsx";
import { texts } from "../../../texts/index.ts";
import { formatDuration } from "../../../time/format-time.model.ts";
import classes from "./duration-bars.module.css";
import type { TimedRun } from "./durations.model.ts";

const words = texts.dag.durations;

/** A bar for each run that has ended, oldest first: how long it ran, on top of how long it waited. Each leads to its run. */
export function DurationBars({
  dagId,
  runs,
}: {
  readonly dagId: string;
  readonly runs: readonly TimedRun[];
}): ReactNode {
  const [shown, setShown] = useState<TimedRun>();
  const longest = Math.max(0.001, ...runs.map(({ runSeconds = 0, queuedSeconds = 0 }) => runSeconds + queuedSeconds));
  const percent = (value: number): string => `${((value / longest) * 100).toFixed(2)}%`;
  const current = shown ?? runs.at(-1);
  return (
    <div>
      <div
        className={classes["chart"]}
        role="list"
        aria-label={words.runChart}
        onPointerLeave={() => setShown(undefined)}
      >
        <span className={classes["scale"]} aria-hidden>
          {formatDuration(longest)}
        </span>
        {runs.map((run) => {
          const { runKey, state, runSeconds = 0, queuedSeconds = 0 } = run;
          return (
            <div key={runKey} role="listitem" className={classes["slot"]}>
              <Link
                to="/dags/$dagId/runs/$runKey"
                params={{ dagId, runKey }}
                className={classes["bar"]}
                // A part of a picture, too narrow for a target of its own: with the keyboard one goes by the list of runs.
                tabIndex={-1}
                aria-label={words.barLabel(
                  runKey,
                  stateWord(state),
                  formatDuration(runSeconds),
                  formatDuration(queuedSeconds),
                )}
                onPointerEnter={() => setShown(run)}
                onFocus={() => setShown(run)}
              >
                <span
                  className={classes["run"]}
                  data-state={state}
                  style={{ height: percent(runSeconds), background: `var(--state-${state})` }}
                />
                <span className={classes["queue"]} style={{ height: percent(queuedSeconds) }} />
              </Link>
            </div>
          );
        })}
      </div>
      {current && (
        <div className={classes["words"]} aria-live="off">
          <StateMark state={current.state} size={13} label={stateWord(current.state)} />
          <strong>{current.runKey}</strong>
          <TimeText at={current.logicalDate} />
          <span>
            {words.ran} {formatDuration(current.runSeconds ?? 0)}
          </span>
          <span>
            {words.waited} {formatDuration(current.queuedSeconds ?? 0)}
          </span>
          <span className={classes["legend"]}>
            <span className={classes["sample"]} /> {words.queue}
          </span>
        </div>
      )}
    </div>
  );
}
