import { getDag, getGrid, listRuns, type AnswerOf } from "@millrace/api";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { LiveTopic } from "../../../live/topics.model.ts";
import { callOptions, useCall, useEndlessList } from "../../../server/queries.ts";
import { makeCellBook, type CellBook } from "../../../components/task-tree/grid-cells.model.ts";
import {
  gridRows,
  gridTreeOf,
  shownTasks,
  type GridRow,
  type GridTree,
} from "../../../components/task-tree/grid-rows.model.ts";
import { neededParts, RUNS_AT_ONCE, TASKS_AT_ONCE, type GridWindow } from "./grid-window.model.ts";
import type { GridFilters } from "./use-grid-filters.ts";

/** A run as the grid shows it. */
export type GridRun = AnswerOf<typeof listRuns>["items"][number];

/** Lines and columns of a DAG's grid. */
export interface GridShape {
  readonly dag: UseQueryResult<AnswerOf<typeof getDag>>;
  readonly tree: GridTree;
  readonly rows: readonly GridRow[];
  /** Newest first. */
  readonly runs: readonly GridRun[];
  /** How many runs each page that was read has, and the key of the next one. */
  readonly pages: readonly { readonly size: number; readonly next?: string }[];
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly error: Error | null;
  readonly readMore: () => void;
  readonly readAgain: () => void;
}

const NO_TREE: GridTree = { tasks: [], groups: [] };

/** Reads the tasks and the runs of a DAG, as the filters say. */
export function useGridShape(dagId: string, filters: GridFilters, closed: ReadonlySet<string>): GridShape {
  const dag = useCall(getDag, { params: { dagId } }, { live: { about: "dags", dagId } });
  const list = useEndlessList(
    listRuns,
    { query: { dagId, limit: RUNS_AT_ONCE, ...filters.runFilter } },
    { live: { about: "runs", dagId }, keepsPrevious: true },
  );
  const graph = dag.data?.graph;
  const tree = useMemo(() => (graph ? gridTreeOf(graph) : NO_TREE), [graph]);
  const { search, around, direction, count } = filters;
  const rows = useMemo(() => {
    const shown = shownTasks(tree, {
      search,
      ...(around !== undefined && { around }),
      upstream: direction !== "downstream",
      downstream: direction !== "upstream",
    });
    return gridRows(tree, { closed, ...(shown && { shown }) });
  }, [tree, search, around, direction, closed]);
  const pages = useMemo(
    () =>
      ((list.query.data?.pages ?? []) as AnswerOf<typeof listRuns>[]).map(({ items, next }) => ({
        size: items.length,
        ...(next !== undefined && { next }),
      })),
    [list.query.data],
  );
  const runs = count === undefined ? list.items : list.items.slice(0, count);
  return {
    dag,
    tree,
    rows,
    runs,
    pages,
    hasMore: list.query.hasNextPage && (count === undefined || list.items.length < count),
    isReading: list.query.isFetchingNextPage || list.query.isPending,
    error: list.query.error ?? dag.error,
    readMore: () => void list.query.fetchNextPage(),
    readAgain: () => void Promise.all([dag.refetch(), list.query.refetch()]),
  };
}

/** What is known of the cells; `revision` changes with it. */
export interface GridCells {
  readonly book: CellBook;
  readonly revision: string;
}

/** Reads the cells that a window shows. What was read stays on screen until newer is there. */
export function useGridCells(dagId: string, filters: GridFilters, shape: GridShape, window: GridWindow): GridCells {
  const [book] = useState(makeCellBook);
  const parts = neededParts(
    window,
    shape.rows,
    shape.pages.map(({ size }) => size),
  );
  const live: LiveTopic = { about: "runs", dagId };
  const answers = useQueries({
    queries: parts.map(({ page, part }) => {
      const after = shape.pages[page - 1]?.next;
      const query = {
        limit: RUNS_AT_ONCE,
        firstTask: part * TASKS_AT_ONCE,
        tasks: TASKS_AT_ONCE,
        ...filters.runFilter,
      };
      return callOptions(
        getGrid,
        { params: { dagId }, query: { ...query, ...(after !== undefined && { after }) } },
        { live },
      );
    }),
  });
  const stamp = answers.map(({ dataUpdatedAt }, index) => `${parts[index]?.part}.${dataUpdatedAt}`).join();
  return useMemo(() => {
    for (const [index, { data }] of answers.entries()) if (data) book.keep(parts[index]?.part ?? 0, data.runs);
    return { book, revision: stamp };
  }, [stamp, book]);
}
