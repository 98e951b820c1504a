import type { TaskState } from "@millrace/api";
import { Tooltip } from "@mantine/core";
import { ChevronDown, ChevronRight } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import { formatDuration, secondsBetween } from "../../time/format-time.model.ts";
import { AppLink } from "../app-link.tsx";
import { stateColor, StateMark, stateWord } from "../states/state-mark.tsx";
import { ganttBar, type GanttRow, type GanttTimes, type TimeSpan } from "./gantt.model.ts";
import classes from "./gantt.module.css";

const words = texts.dag.gantt;

/** Height of a line, in pixels. */
export const GANTT_LINE = 26;

/** A bar: one try, or several instances together. */
export interface DrawnBar extends GanttTimes {
  readonly key: string;
  readonly state: TaskState;
  /** A try before the present one. */
  readonly isEarlier?: boolean;
}

/** What a line of the chart shows. */
export interface GanttLineProps {
  readonly row: GanttRow;
  readonly top: number;
  readonly params: { readonly dagId: string; readonly runKey: string };
  readonly name: string;
  /** Of the instance. */
  readonly mapIndex?: number;
  readonly bars: readonly DrawnBar[];
  readonly range: TimeSpan;
  readonly nowMs: number;
  readonly onToggle: (row: GanttRow) => void;
}

/** A line of the chart: its name, and when it waited and ran. */
export function GanttLine(props: GanttLineProps): ReactNode {
  const { row, top, bars, range, nowMs, name } = props;
  const last = bars.at(-1);
  const end = last && ganttBar(last, range, nowMs);
  const lasted = last && secondsBetween(last.startedAt, last.endedAt, nowMs);
  const label = last ? barWords(name, last, nowMs) : name;
  return (
    <div className={classes["row"]} style={{ top }} role="row">
      <LineName {...props} />
      <Tooltip.Floating label={label} disabled={!last}>
        <div className={classes["track"]} role="cell" aria-label={label}>
          {bars.map((bar) => (
            <Bar key={bar.key} bar={bar} kind={row.kind} range={range} nowMs={nowMs} />
          ))}
          {end && lasted !== undefined && end.to < 0.94 && (
            <span className={classes["after"]} style={{ left: percent(end.to) }}>
              {formatDuration(lasted)}
            </span>
          )}
        </div>
      </Tooltip.Floating>
    </div>
  );
}

function barWords(name: string, bar: DrawnBar, nowMs: number): string {
  const queued = secondsBetween(bar.queuedAt, bar.startedAt ?? bar.endedAt, nowMs) ?? 0;
  const lasted = secondsBetween(bar.startedAt, bar.endedAt, nowMs) ?? 0;
  return words.barLabel(name, stateWord(bar.state), formatDuration(queued), formatDuration(lasted));
}

function LineName({ row, params, name, mapIndex, bars, onToggle }: GanttLineProps): ReactNode {
  const style: CSSProperties = { paddingLeft: 6 + row.depth * 14 };
  const canOpen = row.kind === "group" || (row.kind === "task" && row.total > 1);
  const isOpen = row.kind !== "instance" && row.isOpen;
  const id = row.kind === "instance" ? row.taskId : row.id;
  const state = bars.at(-1)?.state;
  return (
    <div className={classes["name"]} data-kind={row.kind} style={style} role="rowheader" title={id}>
      {canOpen ? (
        <button
          type="button"
          className={classes["fold"]}
          aria-expanded={isOpen}
          aria-label={isOpen ? words.closeInstances(id) : words.openInstances(id)}
          onClick={() => onToggle(row)}
        >
          {isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
        </button>
      ) : (
        <span style={{ flex: "none", width: 20 }} />
      )}
      {state && row.kind !== "group" && <StateMark state={state} size={13} label={stateWord(state)} />}
      {row.kind === "group" || (row.kind === "task" && row.total > 1) ? (
        <span>{name}</span>
      ) : (
        <AppLink
          to="/dags/$dagId/runs/$runKey/tasks/$taskId"
          params={{ ...params, taskId: id }}
          search={mapIndex === undefined ? {} : { map: String(mapIndex) }}
          c="inherit"
        >
          {name}
        </AppLink>
      )}
      {row.kind === "task" && row.total > 1 && (
        <span style={{ color: "var(--text-dim)" }}>{words.instances(row.total)}</span>
      )}
    </div>
  );
}

function Bar({
  bar,
  kind,
  range,
  nowMs,
}: {
  readonly bar: DrawnBar;
  readonly kind: GanttRow["kind"];
  readonly range: TimeSpan;
  readonly nowMs: number;
}): ReactNode {
  const place = ganttBar(bar, range, nowMs);
  if (!place) return null;
  return (
    <>
      {place.from > place.queuedFrom && (
        <span
          className={classes["queued"]}
          style={{ left: percent(place.queuedFrom), width: percent(place.from - place.queuedFrom) }}
        />
      )}
      {bar.startedAt !== undefined && (
        <span
          className={classes["bar"]}
          data-kind={kind}
          data-earlier={bar.isEarlier || undefined}
          style={{
            left: percent(place.from),
            width: percent(place.to - place.from),
            background: stateColor(bar.state),
          }}
        />
      )}
    </>
  );
}

function percent(part: number): string {
  return `${(part * 100).toFixed(3)}%`;
}
