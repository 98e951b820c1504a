import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { hasEnded, type RunPart, type RunTarget } from "./action-targets.model.ts";
import type { RunPreview } from "./preview-summary.model.ts";
import { MOST_RUNS, readNeighbours, readPreviews, type CommandOf } from "./read-previews.ts";

/** What is asked about. */
export interface PreviewsWish {
  /** What tells this wish from others: the verb and its options. */
  readonly name: readonly unknown[];
  readonly parts: readonly RunPart[];
  readonly commandOf: CommandOf;
  /** The same tasks in earlier and later runs of the DAG; only where there is one part. */
  readonly past?: boolean;
  readonly future?: boolean;
}

/** What would happen in which runs, or that more runs are meant than one action takes. */
export interface Previews {
  readonly previews: readonly RunPreview[];
  readonly isTooMany: boolean;
}

/** Reads what an action would do; again when it is asked for another, or when a single run that has ended changes. */
export function usePreviews({
  name,
  parts,
  commandOf,
  past = false,
  future = false,
}: PreviewsWish): UseQueryResult<Previews> {
  const [first, second] = parts;
  const only = second === undefined ? first?.run : undefined;
  return useQuery<Previews>({
    queryKey: ["previews", ...name, past, future, parts.map(({ run, selectors }) => [run.runId, selectors])],
    queryFn: async ({ signal }) => {
      const runs = await allRuns(parts, { past, future }, signal);
      if (runs === undefined) return { previews: [], isTooMany: true };
      return { previews: await readPreviews(runs, commandOf, signal), isTooMany: false };
    },
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
    // A run that goes on changes all the time; its preview would never stand still.
    ...(only && hasEnded(only.state) && { meta: { live: { about: "runs", runId: only.runId } } }),
  });
}

async function allRuns(
  parts: readonly RunPart[],
  { past, future }: { readonly past: boolean; readonly future: boolean },
  signal: AbortSignal,
): Promise<readonly RunPart[] | undefined> {
  const [part] = parts;
  if (part === undefined || (!past && !future)) return parts.length > MOST_RUNS ? undefined : parts;
  const before = past ? await readNeighbours(part.run, "past", signal) : [];
  const after = future ? await readNeighbours(part.run, "future", signal) : [];
  if (!before || !after || before.length + after.length >= MOST_RUNS) return undefined;
  const byDate = (a: RunTarget, b: RunTarget): number => Date.parse(a.logicalDate) - Date.parse(b.logicalDate);
  return [...before, part.run, ...after].sort(byDate).map((run) => ({ run, selectors: part.selectors }));
}
