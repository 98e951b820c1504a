const FAILURES: readonly string[] = ["failed", "upstream_failed"];
const OUTCOMES: readonly string[] = [...FAILURES, "success", "skipped", "removed"];

/** What a check of the monitoring answers: at least a status. */
export interface CheckResult {
  readonly status: string;
}

/** The components that the monitoring checks. */
export const COMPONENTS = ["kafka", "spark", "bronze", "silver", "gold"] as const;

/** One of {@link COMPONENTS}. */
export type Component = (typeof COMPONENTS)[number];

/** All results of one monitoring run and what they amount to. */
export type HealthMetrics = Readonly<Record<Component, CheckResult>> & {
  /** ISO instant, UTC. */
  readonly timestamp: string;
  readonly summary: { readonly all_healthy: boolean; readonly failed_components: readonly Component[] };
};

/** True for the statuses "success" and "healthy", in any letter case. */
export function isHealthy(result: CheckResult): boolean {
  return ["success", "healthy"].includes(result.status.toLowerCase());
}

/** Gathers the results of all checks and names the components that are not healthy. */
export function healthMetrics(results: Readonly<Record<Component, CheckResult>>, timestamp: string): HealthMetrics {
  const failed = COMPONENTS.filter((component) => !isHealthy(results[component]));
  return { ...results, timestamp, summary: { all_healthy: failed.length === 0, failed_components: failed } };
}

/** A check as a task that depends on it sees it. */
export interface CheckState {
  readonly taskId: string;
  readonly state: string;
}

/** The task ids of the checks that failed, in their order. */
export function failedChecks(checks: readonly CheckState[]): readonly string[] {
  return idsOf(checks.filter(({ state }) => FAILURES.includes(state)));
}

/** The task ids of the checks without an outcome yet, in their order: running, or waiting for another try. */
export function unfinishedChecks(checks: readonly CheckState[]): readonly string[] {
  return idsOf(checks.filter(({ state }) => !OUTCOMES.includes(state)));
}

const idsOf = (checks: readonly CheckState[]): readonly string[] => checks.map(({ taskId }) => taskId).toSorted();
