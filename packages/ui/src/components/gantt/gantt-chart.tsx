import { getGraph, type AnswerOf } from "@millrace/api";
import { ActionIcon, Group, Stack, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Fullscreen, ZoomIn, ZoomOut } from "lucide-react";
import { useMemo, useRef, useState, type ReactNode } from "react";
import { gridRows } from "../task-tree/grid-rows.model.ts";
import { treeOfGraph } from "../task-tree/tree-of-graph.model.ts";
import { squareOf } from "../task-tree/grid-cells.model.ts";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatTime } from "../../time/format-time.model.ts";
import { useNow, useZone } from "../../time/preferences.tsx";
import { Answer, EmptyState } from "../answer.tsx";
import { GANTT_LINE, GanttLine, type DrawnBar } from "./gantt-row.tsx";
import {
  ganttRange,
  ganttRows,
  ganttTicks,
  joinTimes,
  type GanttCell,
  type GanttRow,
  type TimeSpan,
} from "./gantt.model.ts";
import classes from "./gantt.module.css";
import { useGanttInstances, type GanttInstances } from "./use-gantt-instances.ts";

const words = texts.dag.gantt;
const HEAD = 28;
const TICK_WIDTH = 130;
/** About what the names take of the width, in pixels; the style says it exactly. */
const NAMES = 200;

type GraphAnswer = AnswerOf<typeof getGraph>;

/** The run that a chart is of. */
export interface GanttRun {
  readonly dagId: string;
  readonly runId: number;
  readonly runKey: string;
}

/** When each task of a run waited and ran: by group, mapped tasks as one bar that can be opened, earlier tries paler. */
export function GanttChart({ run }: { readonly run: GanttRun }): ReactNode {
  const { dagId, runId } = run;
  const graph = useCall(
    getGraph,
    { params: { runId } },
    { live: { about: "runs", dagId, runId }, keepsPrevious: true },
  );
  return (
    <Answer query={graph} skeletonRows={12}>
      {(data) => <Chart run={run} graph={data} />}
    </Answer>
  );
}

function Chart({ run, graph }: { readonly run: GanttRun; readonly graph: GraphAnswer }): ReactNode {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [zoom, setZoom] = useState(1);
  const nowMs = useNow();
  const cells = useMemo(() => cellsOf(graph), [graph]);
  const tree = useMemo(() => treeOfGraph(graph), [graph]);
  const lines = useMemo(() => gridRows(tree, { closed }), [tree, closed]);
  const rows = useMemo(() => ganttRows(lines, cells, opened), [lines, cells, opened]);
  const membersOf = useMemo(
    () => new Map(lines.map((line) => [line.id, line.tasks.map((task) => tree.tasks[task]?.taskId ?? "")])),
    [lines, tree],
  );
  const range = ganttRange(cells.values(), nowMs);
  if (!range) return <EmptyState title={words.empty} />;
  const toggle = (row: GanttRow): void => {
    if (row.kind === "group") setClosed((before) => toggled(before, row.id));
    if (row.kind === "task") setOpened((before) => toggled(before, row.id));
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Legend />
        <Zoom zoom={zoom} onZoom={setZoom} />
      </Group>
      <Lines run={run} rows={rows} cells={cells} membersOf={membersOf} range={range} zoom={zoom} onToggle={toggle} />
    </Stack>
  );
}

interface LinesProps {
  readonly run: GanttRun;
  readonly rows: readonly GanttRow[];
  readonly cells: ReadonlyMap<string, GanttCell>;
  readonly membersOf: ReadonlyMap<string, readonly string[]>;
  readonly range: TimeSpan;
  readonly zoom: number;
  readonly onToggle: (row: GanttRow) => void;
}

function Lines({ run, rows, cells, membersOf, range, zoom, onToggle }: LinesProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize();
  const nowMs = useNow();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => GANTT_LINE,
    paddingStart: HEAD,
    scrollPaddingStart: HEAD,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const shown = items.flatMap(({ index }) => rows[index] ?? []);
  const instances = useGanttInstances(run, shown, cells);
  const track = Math.max(200, width - NAMES) * zoom;
  return (
    <div ref={ref}>
      <div
        ref={scroller}
        className={classes["scroller"]}
        tabIndex={0}
        role="table"
        aria-label={words.label}
        aria-rowcount={rows.length + 1}
      >
        <div
          className={classes["inner"]}
          style={{
            width: zoom === 1 ? "100%" : `calc(var(--names) + ${track}px)`,
            height: virtual.getTotalSize(),
          }}
        >
          <Axis range={range} width={track} />
          {items.map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const { name, bars, mapIndex } = lineOf(row, cells, membersOf, instances);
            return (
              <GanttLine
                key={row.kind === "instance" ? `${row.taskId} ${row.place}` : row.id}
                row={row}
                top={start}
                params={{ dagId: run.dagId, runKey: run.runKey }}
                name={name}
                bars={bars}
                range={range}
                nowMs={nowMs}
                onToggle={onToggle}
                {...(mapIndex !== undefined && { mapIndex })}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Axis({ range, width }: { readonly range: TimeSpan; readonly width: number }): ReactNode {
  const { zone } = useZone();
  const ticks = ganttTicks(range, Math.floor(width / TICK_WIDTH));
  const isShort = range.to - range.from < 8_000;
  const left = (at: number): string => `${(((at - range.from) / (range.to - range.from)) * 100).toFixed(3)}%`;
  const zoneName = formatTime(range.from, zone).zone;
  return (
    <>
      <div className={classes["head"]} role="row">
        <div className={classes["name"]} style={{ paddingLeft: 12 }} role="columnheader">
          {words.task}
        </div>
        <div className={classes["axis"]} role="columnheader" aria-label={zoneName}>
          {ticks.map((at, index) => (
            <span key={at} className={classes["tick"]} style={{ left: left(at) }}>
              {formatTime(at, zone, isShort ? "millisecond" : "second").text.slice(11, isShort ? 23 : 19)}
              {index === 0 && ` ${zoneName}`}
            </span>
          ))}
        </div>
      </div>
      <div className={classes["lines"]} aria-hidden>
        {ticks.map((at) => (
          <span key={at} style={{ left: left(at) }} />
        ))}
      </div>
    </>
  );
}

function Legend(): ReactNode {
  return (
    <div className={classes["legend"]}>
      <span>
        <span className={classes["sample"]}>
          <span className={classes["queued"]} style={{ inset: "5px 0 auto", width: "100%" }} />
        </span>{" "}
        {words.legendQueued}
      </span>
      <span>
        <span className={classes["sample"]}>
          <span
            className={classes["bar"]}
            data-earlier
            style={{ inset: "0 0 auto", width: "100%", background: "var(--state-failed)" }}
          />
        </span>{" "}
        {words.legendEarlier}
      </span>
    </div>
  );
}

function Zoom({ zoom, onZoom }: { readonly zoom: number; readonly onZoom: (zoom: number) => void }): ReactNode {
  const buttons = [
    { label: words.zoomOut, icon: <ZoomOut size={16} />, to: Math.max(1, zoom / 2) },
    { label: words.zoomIn, icon: <ZoomIn size={16} />, to: Math.min(64, zoom * 2) },
    { label: words.fit, icon: <Fullscreen size={16} />, to: 1 },
  ];
  return (
    <Group gap={4}>
      {buttons.map(({ label, icon, to }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={label}
            onClick={() => onZoom(to)}
            disabled={to === zoom}
          >
            {icon}
          </ActionIcon>
        </Tooltip>
      ))}
    </Group>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function cellsOf({ cells }: GraphAnswer): ReadonlyMap<string, GanttCell> {
  return new Map(
    cells.map((cell) => {
      const { state = "none" as const, total = 0 } = squareOf([cell]) ?? {};
      const goesOn = state === "running" || state === "queued" || state === "deferred" || state === "restarting";
      const { endedAt, ...times } = cell;
      return [cell.taskId, { ...times, state, total, ...(endedAt !== undefined && !goesOn && { endedAt }) }];
    }),
  );
}

/** What a line is called, and its bars. */
function lineOf(
  row: GanttRow,
  cells: ReadonlyMap<string, GanttCell>,
  membersOf: ReadonlyMap<string, readonly string[]>,
  { instanceOf, triesOf }: GanttInstances,
): { readonly name: string; readonly bars: readonly DrawnBar[]; readonly mapIndex?: number } {
  if (row.kind === "group") {
    const members = (membersOf.get(row.id) ?? []).flatMap((taskId) => cells.get(taskId) ?? []);
    const times = joinTimes(members);
    const state = squareOf(members.map(({ state, taskId }) => ({ taskId, counts: { [state]: 1 }, tries: 1 })))?.state;
    return { name: row.label, bars: state === undefined ? [] : [{ key: "group", state, ...times }] };
  }
  if (row.kind === "task") {
    const cell = cells.get(row.id);
    const tries = row.total === 1 ? triesOf(row.id, -1) : undefined;
    return { name: row.label, bars: tries ?? (cell ? [{ key: "all", ...cell }] : []) };
  }
  const instance = instanceOf(row.taskId, row.place);
  if (!instance) return { name: `[${row.place}]`, bars: [] };
  const { mapIndex } = instance;
  const name = instance.mapName === undefined ? `[${mapIndex}]` : `[${mapIndex}] ${instance.mapName}`;
  return { name, mapIndex, bars: triesOf(row.taskId, mapIndex) ?? [{ key: "only", ...instance }] };
}
