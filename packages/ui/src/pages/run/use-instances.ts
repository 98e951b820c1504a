import { getInstancesWindow, type AnswerOf } from "@millrace/api";
import { useQueries } from "@tanstack/react-query";
import { useRef } from "react";
import type { LiveTopic } from "../../live/topics.model.ts";
import { callOptions } from "../../server/queries.ts";
import { INSTANCES_AT_ONCE, pagesOf } from "./instance-pages.model.ts";
import type { RunWhole } from "./use-run.ts";

/** A task instance in a list. */
export type Instance = AnswerOf<typeof getInstancesWindow>["items"][number];

/** Task instances of a run, of which only those in sight are read. */
export interface Instances {
  /** Undefined before the first answer. */
  readonly total: number | undefined;
  /** Undefined while it is not read. */
  readonly at: (place: number) => Instance | undefined;
  readonly error: Error | null;
  readonly refetch: () => void;
}

/** What narrows the list. */
export interface InstanceFilter {
  readonly taskId?: string;
  readonly states?: string;
}

/** Reads the task instances between two places, and again when the run changes. What was read before stays until then. */
export function useInstances(
  { runId, dagId }: RunWhole,
  filter: InstanceFilter,
  sight: { readonly from: number; readonly to: number; readonly total: number | undefined },
): Instances {
  const live: LiveTopic = { about: "runs", dagId, runId };
  const offsets = pagesOf(sight.from, sight.to, sight.total);
  const answers = useQueries({
    queries: offsets.map((offset) =>
      callOptions(
        getInstancesWindow,
        { params: { runId }, query: { ...filter, offset, limit: INSTANCES_AT_ONCE } },
        { live },
      ),
    ),
  });
  const of = `${runId} ${filter.taskId ?? ""} ${filter.states ?? ""}`;
  const kept = useRef<{ readonly of: string; readonly total: number | undefined }>({ of, total: undefined });
  const known = answers.find(({ data }) => data !== undefined)?.data?.total;
  const total = known ?? (kept.current.of === of ? kept.current.total : undefined);
  kept.current = { of, total };
  const pages = new Map(offsets.map((offset, index) => [offset, answers[index]?.data?.items]));
  return {
    total,
    at: (place) => {
      const offset = Math.floor(place / INSTANCES_AT_ONCE) * INSTANCES_AT_ONCE;
      return pages.get(offset)?.[place - offset];
    },
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => void Promise.all(answers.map(({ refetch }) => refetch())),
  };
}
