import { getInstancesWindow, listTries, type AnswerOf } from "@millrace/api";
import { useQueries } from "@tanstack/react-query";
import type { LiveTopic } from "../../live/topics.model.ts";
import { callOptions } from "../../server/queries.ts";
import type { GanttCell, GanttRow } from "./gantt.model.ts";
import type { DrawnBar } from "./gantt-row.tsx";

const AT_ONCE = 200;

type Instance = AnswerOf<typeof getInstancesWindow>["items"][number];

/** What is read for the lines in sight: instances of opened tasks, and earlier tries of those that have any. */
export interface GanttInstances {
  readonly instanceOf: (taskId: string, place: number) => Instance | undefined;
  /** Bars of all tries of one instance, oldest first; undefined: not read, or there is only one. */
  readonly triesOf: (taskId: string, mapIndex: number) => readonly DrawnBar[] | undefined;
}

/** Reads what the lines in sight show beyond the cells of their tasks. */
export function useGanttInstances(
  run: { readonly runId: number; readonly dagId: string },
  rows: readonly GanttRow[],
  cells: ReadonlyMap<string, GanttCell>,
): GanttInstances {
  const { runId, dagId } = run;
  const live: LiveTopic = { about: "runs", dagId, runId };
  const windows = [
    ...new Set(
      rows.flatMap((row) =>
        row.kind === "instance" ? [`${Math.floor(row.place / AT_ONCE) * AT_ONCE} ${row.taskId}`] : [],
      ),
    ),
  ].map((key) => ({ offset: Number(key.slice(0, key.indexOf(" "))), taskId: key.slice(key.indexOf(" ") + 1) }));
  const answers = useQueries({
    queries: windows.map(({ offset, taskId }) =>
      callOptions(getInstancesWindow, { params: { runId }, query: { taskId, offset, limit: AT_ONCE } }, { live }),
    ),
  });
  const found = new Map<string, Instance>();
  for (const { data } of answers)
    for (const [index, item] of (data?.items ?? []).entries())
      found.set(`${(data?.offset ?? 0) + index} ${item.taskId}`, item);
  const instanceOf = (taskId: string, place: number): Instance | undefined => found.get(`${place} ${taskId}`);
  const retried = rows.flatMap((row) => {
    if (row.kind === "group") return [];
    if (row.kind === "task") {
      const cell = cells.get(row.id);
      return cell && cell.total === 1 && cell.tries > 1 ? [{ taskId: row.id, mapIndex: -1 }] : [];
    }
    const instance = instanceOf(row.taskId, row.place);
    return instance && instance.tryNumber > 1 ? [{ taskId: row.taskId, mapIndex: instance.mapIndex }] : [];
  });
  const tries = useQueries({
    queries: retried.map((params) => callOptions(listTries, { params: { runId, ...params } }, { live })),
  });
  const barsOf = new Map(
    retried.map(({ taskId, mapIndex }, index) => {
      const items = tries[index]?.data?.items ?? [];
      const bars = items.map((each, place) => ({
        ...each,
        key: String(each.tryNumber),
        isEarlier: place < items.length - 1,
      }));
      return [`${mapIndex} ${taskId}`, bars] as const;
    }),
  );
  return {
    instanceOf,
    triesOf: (taskId, mapIndex) => {
      const bars = barsOf.get(`${mapIndex} ${taskId}`);
      return bars && bars.length > 1 ? bars : undefined;
    },
  };
}
