import { listRuns, type AnswerOf } from "@millrace/api";
import type { ReactNode } from "react";
import { Answer } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Panel } from "../../components/page.tsx";
import { DagLink, RunLink } from "../../components/run-links.tsx";
import { StateBar } from "../../components/states/state-counts.tsx";
import { StateMark, stateWord } from "../../components/states/state-mark.tsx";
import { DurationText } from "../../components/time-text.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import classes from "./home.module.css";
import { progressOf } from "./progress.model.ts";
import { QuietLine } from "./quiet-line.tsx";

const words = texts.home;
const SHOWN = 8;
const CALM_MS = 800;

type Run = AnswerOf<typeof listRuns>["items"][number];

/** Runs that are not over, and how far they are. @param unfinished how many there are */
export function RunningPanel({ unfinished }: { readonly unfinished: number }): ReactNode {
  const runs = useCall(
    listRuns,
    { query: { states: "running,queued", limit: SHOWN } },
    { live: { about: "runs" }, calmMs: CALM_MS, staleTime: 0 },
  );
  return (
    <Panel
      title={words.running}
      padded={false}
      actions={
        unfinished > 0 && (
          <AppLink to="/runs" search={{ states: "running,queued" }} fz="sm">
            {words.runningAll(unfinished)}
          </AppLink>
        )
      }
    >
      <Answer
        query={runs}
        isEmpty={({ items }) => items.length === 0}
        empty={<QuietLine>{words.runningNone}</QuietLine>}
      >
        {({ items }) => (
          <ul className={classes["rows"]}>
            {items.map((run) => (
              <RunningRun key={run.runId} run={run} />
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}

function RunningRun({ run }: { readonly run: Run }): ReactNode {
  const { dagId, runKey, state, counts, queuedAt, startedAt } = run;
  const { done, all } = progressOf(counts);
  return (
    <li className={classes["row"]}>
      <div className={classes["line"]}>
        <span>
          <StateMark state={state} size={14} label={stateWord(state)} /> <DagLink dagId={dagId} />{" "}
          <span className={classes["dim"]}>·</span> <RunLink dagId={dagId} runKey={runKey} />
        </span>
        <span className={classes["dim"]}>
          {words.tasksDone(done, all)} · <DurationText from={startedAt ?? queuedAt} to={undefined} />
        </span>
      </div>
      <StateBar counts={counts} />
    </li>
  );
}
