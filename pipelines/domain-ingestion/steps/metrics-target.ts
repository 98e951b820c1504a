/** Where metrics go and under which label. */
export interface MetricsTarget {
  /** Address of a Prometheus Pushgateway. Empty: nothing is pushed. */
  readonly gateway: string;
  readonly environment: string;
}

/**
 * What the variables of Millrace say; where they are empty, what the environment says: `PROMETHEUS_PUSHGATEWAY_URL`, and
 * `MONITORING_ENVIRONMENT` before `ENVIRONMENT`. Else no gateway, and the environment `development`.
 */
export function metricsTarget(
  variables: MetricsTarget,
  env: Readonly<Record<string, string | undefined>>,
): MetricsTarget {
  const firstOf = (...texts: readonly (string | undefined)[]): string =>
    texts.find((text) => text !== undefined && text !== "") ?? "";
  return {
    gateway: firstOf(variables.gateway, env["PROMETHEUS_PUSHGATEWAY_URL"]),
    environment: firstOf(variables.environment, env["MONITORING_ENVIRONMENT"], env["ENVIRONMENT"], "development"),
  };
}
