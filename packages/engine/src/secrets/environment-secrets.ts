import { connectionEnvironmentKey, variableEnvironmentKey, type SecretsBackend } from "@millrace/core";

/**
 * Variables and connections from the environment: `MILLRACE_VAR_<KEY>` and `MILLRACE_CONN_<ID>`, else Airflow's `AIRFLOW_VAR_…` and `AIRFLOW_CONN_…`;
 * names in upper case.
 */
export function environmentSecrets(env: Readonly<Record<string, string | undefined>>): SecretsBackend {
  const read = (name: string): Promise<string | undefined> =>
    Promise.resolve(env[name] ?? env[name.replace(/^MILLRACE_/, "AIRFLOW_")]);
  return {
    variable: (key) => read(variableEnvironmentKey(key)),
    connection: (connectionId) => read(connectionEnvironmentKey(connectionId)),
  };
}
