/** Where spans go, and of which runs. Plain JSON: workers get it, too. */
export interface TracingOptions {
  /** URL of an OTLP/HTTP receiver of traces, like `http://collector:4318/v1/traces`. */
  readonly endpoint: string;
  /** Share of runs that are traced, 0 to 1. */
  readonly sampleRatio: number;
  /** Name of this installation; traces of two are never mixed up. */
  readonly system: string;
}
