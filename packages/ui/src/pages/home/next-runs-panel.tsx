import type { ReactNode } from "react";
import { Panel } from "../../components/page.tsx";
import { DagLink } from "../../components/run-links.tsx";
import { DistanceText, IntervalText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./home.module.css";
import type { HomeAnswer } from "./home-answer.ts";
import { QuietLine } from "./quiet-line.tsx";

const words = texts.home;

/** The runs that schedules make next, with their data in words. */
export function NextRunsPanel({ next }: { readonly next: HomeAnswer["nextRuns"] }): ReactNode {
  return (
    <Panel title={words.next} padded={false}>
      {next.length === 0 ? (
        <QuietLine>{words.nextNone}</QuietLine>
      ) : (
        <ul className={classes["rows"]}>
          {next.map((run) => (
            <li key={run.dagId} className={classes["row"]}>
              <div className={classes["line"]}>
                <DagLink dagId={run.dagId} />
                <DistanceText at={run.runAfter} />
              </div>
              <div className={classes["dim"]}>
                <IntervalText {...run} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
