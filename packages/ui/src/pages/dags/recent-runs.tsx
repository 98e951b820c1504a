import { Tooltip } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState, type MouseEvent, type ReactNode } from "react";
import { stateColor, stateWord } from "../../components/states/state-mark.tsx";
import { texts } from "../../texts/index.ts";
import { formatDuration, formatTime } from "../../time/format-time.model.ts";
import { useNow, useZone } from "../../time/preferences.tsx";
import classes from "./dag-columns.module.css";
import type { DagRow } from "./dag-row.ts";
import { barsOf, type RunBar } from "./run-bars.model.ts";

const words = texts.dags;

/** The newest runs as bars, oldest first: the colour is the state, the height how long it took beside the others. */
export function RecentRuns({ dag: { dagId, recentRuns } }: { readonly dag: DagRow }): ReactNode {
  const now = useNow();
  const { zone } = useZone();
  const [pointed, point] = useState<string>();
  const { history } = useRouter();
  if (recentRuns.length === 0) return null;
  // Plain links: those of the router cost so much each that 14 in a row would make scrolling stutter.
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.push(event.currentTarget.pathname);
  };
  const said = ({ run, seconds }: RunBar): string => {
    const date = formatTime(run.logicalDate, zone);
    const duration = seconds === undefined ? "–" : formatDuration(seconds);
    return words.run(stateWord(run.state), duration, `${date.text} ${date.zone}`);
  };
  const bars = barsOf(recentRuns, now);
  const bar = bars.find(({ run }) => run.runKey === pointed);
  return (
    <Tooltip label={bar && said(bar)} opened={bar !== undefined}>
      <div
        className={classes["bars"]}
        role="group"
        aria-label={words.runsOf(dagId)}
        onMouseLeave={() => point(undefined)}
      >
        {bars.map((each) => (
          <a
            key={each.run.runId}
            href={runPath(dagId, each.run.runKey)}
            className={classes["bar"]}
            // Too narrow to be a target of its own: with the keyboard one goes by the last run, or to the list of runs.
            tabIndex={-1}
            data-state={each.run.state}
            style={{ height: `${each.height * 100}%`, ["--state" as string]: stateColor(each.run.state) }}
            aria-label={said(each)}
            onMouseEnter={() => point(each.run.runKey)}
            onFocus={() => point(each.run.runKey)}
            onBlur={() => point(undefined)}
            onClick={follow}
          />
        ))}
      </div>
    </Tooltip>
  );
}

function runPath(dagId: string, runKey: string): string {
  return `/dags/${encodeURIComponent(dagId)}/runs/${encodeURIComponent(runKey)}`;
}
