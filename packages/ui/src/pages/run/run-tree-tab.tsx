import { getGraph } from "@millrace/api";
import { Button, Group } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useParams } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useMemo, useRef, useState, type ReactNode } from "react";
import { Answer, EmptyState, LoadingState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Panel } from "../../components/page.tsx";
import { StateBar } from "../../components/states/state-counts.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { squareOf, type GridCell, type SquareFacts } from "../../components/task-tree/grid-cells.model.ts";
import { gridRows, type GridRow } from "../../components/task-tree/grid-rows.model.ts";
import { treeOfGraph } from "../../components/task-tree/tree-of-graph.model.ts";
import { DurationText, TimeText } from "../../components/time-text.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import classes from "./run.module.css";
import { useRun, type RunWhole } from "./use-run.ts";

const words = texts.run.tree;
const LINE = 32;

/** Tasks of a run by group, with what became of their instances. */
export function RunTreeTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/tree" });
  const { data: run } = useRun(dagId, runKey);
  return run ? <Tree run={run} /> : <LoadingState />;
}

function Tree({ run }: { readonly run: RunWhole }): ReactNode {
  const { runId, dagId } = run;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const graph = useCall(getGraph, { params: { runId } }, { live: { about: "runs", dagId, runId } });
  const tree = useMemo(() => (graph.data ? treeOfGraph(graph.data) : undefined), [graph.data]);
  const rows = useMemo(() => (tree ? gridRows(tree, { closed }) : []), [tree, closed]);
  const cells = useMemo(() => new Map(graph.data?.cells.map((cell) => [cell.taskId, cell])), [graph.data]);
  const fold = (id: string): void =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <Answer query={graph} isEmpty={({ nodes }) => nodes.length === 0} empty={<EmptyState title={words.empty} />}>
      {({ groups, nodes }) => (
        <Panel padded={false}>
          {groups.length > 0 && (
            <Group gap="xs" px="md" py="xs">
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => setClosed(new Set(groups.map(({ groupId }) => groupId)))}
              >
                {words.foldAll}
              </Button>
              <Button size="compact-xs" variant="default" onClick={() => setClosed(new Set())}>
                {words.unfoldAll}
              </Button>
            </Group>
          )}
          <Lines run={run} rows={rows} taskIds={nodes.map(({ taskId }) => taskId)} cells={cells} onFold={fold} />
        </Panel>
      )}
    </Answer>
  );
}

interface LinesProps {
  readonly run: RunWhole;
  readonly rows: readonly GridRow[];
  readonly taskIds: readonly string[];
  readonly cells: ReadonlyMap<string, GridCell>;
  readonly onFold: (groupId: string) => void;
}

function Lines({ run, rows, taskIds, cells, onFold }: LinesProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    paddingStart: LINE,
    overscan: 15,
  });
  return (
    <div
      ref={scroller}
      className={`${classes["list"]} ${classes["tree"]}`}
      tabIndex={0}
      role="treegrid"
      aria-label={words.label}
    >
      <div className={classes["rows"]} style={{ height: virtual.getTotalSize() }} role="rowgroup">
        <div className={classes["row"]} data-head role="row">
          {[words.task, texts.run.state, words.states, words.count, words.started, words.duration, words.tries].map(
            (name, index) => (
              <span key={name} role="columnheader" data-extra={index > 1 || undefined}>
                {name}
              </span>
            ),
          )}
        </div>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const square = squareOf(row.tasks.flatMap((task) => cells.get(taskIds[task] ?? "") ?? []));
          return <Line key={row.id} run={run} row={row} top={start} square={square} onFold={onFold} />;
        })}
      </div>
    </div>
  );
}

function Line({
  run,
  row,
  top,
  square,
  onFold,
}: {
  readonly run: RunWhole;
  readonly row: GridRow;
  readonly top: number;
  readonly square: SquareFacts | undefined;
  readonly onFold: (groupId: string) => void;
}): ReactNode {
  const isMany = (square?.total ?? 0) > 1;
  const isGroup = row.kind === "group";
  return (
    <div
      className={classes["row"]}
      style={{ top, height: LINE }}
      role="row"
      aria-level={row.depth + 1}
      aria-expanded={isGroup ? row.isOpen : undefined}
    >
      <span
        role="gridcell"
        style={{ paddingLeft: row.depth * 16, fontWeight: isGroup ? 600 : undefined }}
        title={row.id}
      >
        {isGroup ? (
          <button
            type="button"
            className={classes["fold"]}
            aria-label={row.isOpen ? words.fold(row.id) : words.unfold(row.id)}
            onClick={() => onFold(row.id)}
          >
            {row.isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />} {row.label}
          </button>
        ) : (
          <AppLink
            to="/dags/$dagId/runs/$runKey/tasks/$taskId"
            params={{ dagId: run.dagId, runKey: run.runKey, taskId: row.id }}
          >
            {row.label}
          </AppLink>
        )}
      </span>
      <span role="gridcell">{square && <StateBadge state={square.state} />}</span>
      <span role="gridcell" data-extra>
        {square && isMany && <StateBar counts={square.counts} />}
      </span>
      <span role="gridcell" data-extra>
        {isMany && square?.total.toLocaleString("en")}
      </span>
      <span role="gridcell" data-extra>
        {square?.startedAt !== undefined && <TimeText at={square.startedAt} />}
      </span>
      <span role="gridcell" data-extra>
        {square?.startedAt !== undefined && <DurationText from={square.startedAt} to={square.endedAt} />}
      </span>
      <span role="gridcell" data-extra>
        {(square?.tries ?? 0) > 1 && square?.tries}
      </span>
    </div>
  );
}
