import { Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
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
  if (recentRuns.length === 0) return null;
  const said = ({ run, seconds }: RunBar): string => {
    const date = formatTime(run.logicalDate, zone);
    const duration = seconds === undefined ? "–" : formatDuration(seconds);
    return words.run(stateWord(run.state), duration, `${date.text} ${date.zone}`);
  };
  const bars = barsOf(recentRuns, now);
  const bar = bars.find(({ run }) => run.runKey === pointed);
  return (
    <Tooltip label={bar && said(bar)} disabled={bar === undefined}>
      <div
        className={classes["bars"]}
        role="group"
        aria-label={words.runsOf(dagId)}
        onMouseLeave={() => point(undefined)}
      >
        {bars.map((each) => (
          <Link
            key={each.run.runId}
            to="/dags/$dagId/runs/$runKey"
            params={{ dagId, runKey: each.run.runKey }}
            preload={false}
            className={classes["bar"]}
            data-state={each.run.state}
            style={{ height: `${each.height * 100}%`, ["--state" as string]: stateColor(each.run.state) }}
            aria-label={said(each)}
            onMouseEnter={() => point(each.run.runKey)}
            onFocus={() => point(each.run.runKey)}
            onBlur={() => point(undefined)}
          />
        ))}
      </div>
    </Tooltip>
  );
}
