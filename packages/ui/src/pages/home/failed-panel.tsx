import type { ReactNode } from "react";
import { AppLink } from "../../components/app-link.tsx";
import { Panel } from "../../components/page.tsx";
import { DagLink, InstanceLink, RunLink } from "../../components/run-links.tsx";
import { StateMark, stateWord } from "../../components/states/state-mark.tsx";
import { DistanceText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./home.module.css";
import type { HomeAnswer } from "./home-answer.ts";
import { QuietLine } from "./quiet-line.tsx";

const words = texts.home;

type Failed = NonNullable<HomeAnswer["runs"]>["failed"];

/** The newest runs that failed, with the task that failed first and why. */
export function FailedPanel({ failed }: { readonly failed: Failed }): ReactNode {
  return (
    <Panel
      title={words.failed}
      padded={false}
      actions={
        failed.count > 0 && (
          <AppLink to="/runs" search={{ states: "failed" }} fz="sm">
            {words.failedAll(failed.count)}
          </AppLink>
        )
      }
    >
      {failed.items.length === 0 ? (
        <QuietLine>{words.failedNone}</QuietLine>
      ) : (
        <ul className={classes["rows"]}>
          {failed.items.map((run) => (
            <FailedRun key={run.runId} run={run} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function FailedRun({ run }: { readonly run: Failed["items"][number] }): ReactNode {
  const { dagId, runKey, endedAt, taskId, mapIndex, cause } = run;
  return (
    <li className={classes["row"]}>
      <div className={classes["line"]}>
        <span>
          <StateMark state="failed" size={14} label={stateWord("failed")} /> <DagLink dagId={dagId} />{" "}
          <span className={classes["dim"]}>·</span> <RunLink dagId={dagId} runKey={runKey} />
        </span>
        <span className={classes["dim"]}>
          <DistanceText at={endedAt} />
        </span>
      </div>
      {(taskId !== undefined || cause !== undefined) && (
        <div className={classes["cause"]} title={cause?.message}>
          {taskId !== undefined && (
            <>
              <InstanceLink dagId={dagId} runKey={runKey} taskId={taskId} mapIndex={mapIndex} />
              {cause && ": "}
            </>
          )}
          {cause?.message}
        </div>
      )}
    </li>
  );
}
