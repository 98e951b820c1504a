import { Alert, Button, Stack } from "@mantine/core";
import { useFullscreenElement } from "@mantine/hooks";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState, type ReactNode } from "react";
import { EmptyState, ErrorState, LoadingState } from "../../components/answer.tsx";
import { TriggerButton } from "../../components/actions/trigger-button.tsx";
import { texts } from "../../texts/index.ts";
import { GridFilterBar } from "./grid/grid-filters.tsx";
import { GridLegend } from "./grid/grid-legend.tsx";
import { GridPanel } from "./grid/grid-panel.tsx";
import { GridView } from "./grid/grid-view.tsx";
import type { GridPlace } from "./grid/grid-window.model.ts";
import classes from "./grid/grid.module.css";
import { useGridFilters } from "./grid/use-grid-filters.ts";
import { useGridShape, type GridShape } from "./grid/use-grid.ts";

const words = texts.dag.grid;

/** Runs × tasks of a DAG, with what is chosen beside them. */
export function GridTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/grid" });
  const filters = useGridFilters();
  const [chosenFilters] = filters;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const shape = useGridShape(dagId, chosenFilters, closed);
  const screen = useFullscreenElement();
  const choice = useChoice(dagId, filters, shape);
  const fold = (groupId: string): void =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(groupId)) next.add(groupId);
      return next;
    });
  const { groups } = shape.tree;
  const folding =
    groups.length === 0
      ? undefined
      : {
          onAll: () => setClosed(new Set(groups.map(({ groupId }) => groupId))),
          onNone: () => setClosed(new Set()),
        };
  const isChosen = chosenFilters.run !== undefined || chosenFilters.task !== undefined;
  return (
    <Stack gap="sm" ref={screen.ref} bg="var(--surface-sunken)" p={screen.fullscreen ? "md" : 0}>
      <GridFilterBar
        filters={filters}
        folding={folding}
        fullScreen={{ isOn: screen.fullscreen, toggle: () => void screen.toggle() }}
      />
      {shape.error && <ErrorState error={shape.error} retry={shape.readAgain} />}
      <GridState dagId={dagId} shape={shape} isNarrowed={Object.keys(chosenFilters.runFilter).length > 0}>
        <div className={classes["layout"]} data-panel={isChosen || undefined}>
          <GridView dagId={dagId} filters={chosenFilters} shape={shape} {...choice} onFold={fold} />
          {isChosen && <GridPanel dagId={dagId} filters={filters} shape={shape} />}
        </div>
        <GridLegend />
      </GridState>
    </Stack>
  );
}

function GridState({
  dagId,
  shape,
  isNarrowed,
  children,
}: {
  readonly dagId: string;
  readonly shape: GridShape;
  readonly isNarrowed: boolean;
  readonly children: ReactNode;
}): ReactNode {
  if (shape.error && shape.runs.length === 0) return null;
  if (shape.dag.isPending || (shape.isReading && shape.runs.length === 0)) return <LoadingState rows={12} />;
  if (shape.tree.tasks.length === 0) return <EmptyState title={words.noTasksAtAll} />;
  if (shape.runs.length === 0 && !shape.hasMore) {
    return isNarrowed ? (
      <EmptyState title={words.emptyFiltered} />
    ) : (
      <EmptyState title={words.empty} action={<TriggerButton dagId={dagId} />}>
        {words.emptyHint}
      </EmptyState>
    );
  }
  return (
    <>
      {shape.rows.length === 0 && <Alert color="gray">{words.noTasks}</Alert>}
      {shape.runs.length === 0 && (
        <Button variant="default" size="xs" onClick={shape.readMore} loading={shape.isReading}>
          {texts.table.more}
        </Button>
      )}
      {children}
    </>
  );
}

interface Choice {
  readonly chosen: GridPlace | undefined;
  readonly onChoose: (place: GridPlace | undefined) => void;
  readonly onOpen: (place: GridPlace) => void;
}

/** What the URL says is chosen, as a place in the grid, and back. */
function useChoice(dagId: string, [filters, change]: ReturnType<typeof useGridFilters>, shape: GridShape): Choice {
  const navigate = useNavigate();
  const { run, task } = filters;
  const { rows, runs } = shape;
  const chosen = useMemo((): GridPlace | undefined => {
    const column = run === undefined ? -1 : runs.findIndex(({ runKey }) => runKey === run);
    const row = task === undefined ? -1 : rows.findIndex(({ id }) => id === task);
    return column < 0 && row < 0 ? undefined : { row, column: column < 0 ? undefined : column };
  }, [run, task, rows, runs]);
  const idsOf = (place: GridPlace | undefined): { readonly run?: string; readonly task?: string } => {
    const id = place && rows[place.row]?.id;
    const key = place?.column === undefined ? undefined : runs[place.column]?.runKey;
    return { ...(key !== undefined && { run: key }), ...(id !== undefined && { task: id }) };
  };
  return {
    chosen,
    onChoose: (place) =>
      change({ run: undefined, task: undefined, dag_run_id: undefined, task_id: undefined, ...idsOf(place) }),
    onOpen: (place) => {
      const ids = idsOf(place);
      const row = rows[place.row];
      if (ids.run === undefined) return;
      const params = { dagId, runKey: ids.run };
      if (row?.kind === "task" && !row.isMapped)
        void navigate({ to: "/dags/$dagId/runs/$runKey/tasks/$taskId", params: { ...params, taskId: row.id } });
      else if (row?.kind === "task")
        void navigate({ to: "/dags/$dagId/runs/$runKey/tasks", params, search: { task: row.id } });
      else void navigate({ to: "/dags/$dagId/runs/$runKey", params });
    },
  };
}
