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

/** The checks that failed themselves, by task id. */
export function failedChecks(
  upstream: readonly { readonly taskId: string; readonly state: string | null }[],
): readonly string[] {
  return upstream
    .filter(({ state }) => state === "failed" || state === "upstream_failed")
    .map(({ taskId }) => taskId)
    .toSorted();
}
