import { Boxes, CalendarClock, History, Play, type LucideIcon } from "lucide-react";
import type { RunType } from "@millrace/api";
import type { ReactNode } from "react";
import { stateWord } from "../../../components/states/state-mark.tsx";
import { texts } from "../../../texts/index.ts";
import { formatDuration } from "../../../time/format-time.model.ts";
import { useNow } from "../../../time/preferences.tsx";
import { barHeights } from "../../../components/task-tree/grid-cells.model.ts";
import { GRID_SIZES, type Span } from "./grid-window.model.ts";
import classes from "./grid.module.css";
import type { GridRun } from "./use-grid.ts";

const words = texts.dag.grid;
const BAR_SPACE = GRID_SIZES.head - 30;
/** Runs of a schedule are the usual ones and have no sign, so that the others stand out. */
const ICONS: Readonly<Record<RunType, LucideIcon | undefined>> = {
  scheduled: undefined,
  manual: Play,
  backfill: History,
  asset_triggered: Boxes,
};

/** The sign of a type of runs, where it has one. */
export function RunTypeIcon({ type, size = 12 }: { readonly type: RunType; readonly size?: number }): ReactNode {
  const Icon = ICONS[type] ?? CalendarClock;
  return <Icon size={size} role="img" aria-label={texts.runTypes[type]} />;
}

/** The head of the grid: a bar for each run, as high as it was long, and what made it when that was not the schedule. */
export function RunBars({ runs, span }: { readonly runs: readonly GridRun[]; readonly span: Span }): ReactNode {
  const now = useNow();
  const heights = barHeights(runs, now);
  const seconds = runs.map(({ startedAt, endedAt }) =>
    startedAt === undefined ? 0 : ((endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt)) / 1_000,
  );
  const longest = Math.max(0, ...seconds);
  return (
    <div role="row" aria-rowindex={1} className={classes["head"]} style={{ height: GRID_SIZES.head }}>
      <div role="columnheader" className={classes["corner"]}>
        <span className={classes["scale"]}>{longest > 0 && words.longest(formatDuration(longest))}</span>
        <span>{words.tasks}</span>
      </div>
      {runs.slice(span.from, span.to).map((run, index) => {
        const column = span.from + index;
        const lasted = seconds[column] ?? 0;
        return (
          <div
            key={run.runId}
            role="columnheader"
            id={`run-${run.runId}`}
            aria-label={words.runLabel(run.runKey, stateWord(run.state), texts.runTypes[run.runType])}
            className={classes["run"]}
            style={{ right: column * GRID_SIZES.column, width: GRID_SIZES.column }}
          >
            <div
              className={classes["bar"]}
              style={{
                height: Math.round((heights[column] ?? 0) * BAR_SPACE),
                background: `var(--state-${run.state})`,
                opacity: lasted === 0 ? 0.5 : 1,
              }}
            />
            {ICONS[run.runType] && (
              <span className={classes["runType"]} aria-hidden>
                <RunTypeIcon type={run.runType} />
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
