/** A place where variables and connections are looked for. Which places there are, and in which order, the configuration says; DAG files never do. */
export interface SecretsBackend {
  /** In clear; `undefined` where there is none. */
  variable(key: string): Promise<string | undefined>;
  /** URI or JSON text; `undefined` where there is none. */
  connection(connectionId: string): Promise<string | undefined>;
}
