import type { Graph, ListedDag } from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";

/** What lists show of a version beside its tags and owners. */
export type VersionSummary = Pick<
  ListedDag,
  | "displayName"
  | "description"
  | "schedule"
  | "maxActiveRuns"
  | "maxActiveTasks"
  | "maxConsecutiveFailedRuns"
  | "hasTaskLimits"
>;

/** What is kept of a version for lists: names of its tags, of its tasks' owners and pools, and JSON text of a {@link VersionSummary}. */
export interface VersionListing {
  readonly tags: readonly string[];
  readonly owners: readonly string[];
  readonly pools: readonly string[];
  readonly summary: string;
}

/** Reads what lists show of a version out of its graph. */
export function listingOf({ dag, tasks }: Graph): VersionListing {
  const summary: VersionSummary = {
    displayName: dag.displayName,
    description: dag.description,
    schedule: dag.schedule,
    maxActiveRuns: dag.maxActiveRuns,
    maxActiveTasks: dag.maxActiveTasks,
    maxConsecutiveFailedRuns: dag.maxConsecutiveFailedRuns,
    hasTaskLimits: tasks.some((task) => task.maxActivePerDag !== undefined || task.maxActivePerRun !== undefined),
  };
  return {
    tags: dag.tags.map(cleanText),
    owners: namesOf(tasks.map((task) => task.owner)),
    pools: namesOf(tasks.map((task) => task.pool)),
    summary: JSON.stringify(summary),
  };
}

function namesOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(cleanText))].sort();
}
