import type { ReactNode } from "react";
import { Panel } from "../../components/page.tsx";
import { DagLink, RunLink } from "../../components/run-links.tsx";
import { DistanceText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./home.module.css";
import type { HomeAnswer } from "./home-answer.ts";
import { QuietLine } from "./quiet-line.tsx";

const words = texts.home;

/** Runs that were due and are not made, with why; and runs that are past their deadline. */
export function LatePanel({ now }: { readonly now: HomeAnswer }): ReactNode {
  const { late, runs } = now;
  const missed = runs?.pastDeadline ?? { count: 0, items: [] };
  const unseen = late.count - late.items.length + missed.count - missed.items.length;
  if (late.count + missed.count === 0)
    return (
      <Panel title={words.late} padded={false}>
        <QuietLine>{words.lateNone}</QuietLine>
      </Panel>
    );
  return (
    <Panel title={words.late} padded={false}>
      <ul className={classes["rows"]}>
        {late.items.map(({ dagId, runAfter, logicalDate, why }) => (
          <li key={dagId} className={classes["row"]}>
            <div className={classes["line"]}>
              <span>
                <DagLink dagId={dagId} /> <TimeText at={logicalDate} precision="minute" />
              </span>
              <span className={classes["dim"]}>
                {words.lateDue} <DistanceText at={runAfter} />
              </span>
            </div>
            <div>{why}</div>
          </li>
        ))}
        {missed.items.map(({ dagId, runId, runKey, intervalEnd }) => (
          <li key={runId} className={classes["row"]}>
            <div className={classes["line"]}>
              <span>
                <DagLink dagId={dagId} /> <span className={classes["dim"]}>·</span>{" "}
                <RunLink dagId={dagId} runKey={runKey} />
              </span>
              <span className={classes["dim"]}>
                {words.dataUntil} <DistanceText at={intervalEnd} />
              </span>
            </div>
            <div>{words.pastDeadline}</div>
          </li>
        ))}
        {unseen > 0 && <li className={classes["row"]}>{words.more(unseen)}</li>}
      </ul>
    </Panel>
  );
}
