/** How much of everything is measured. */
export interface Scale {
  /** Repetitions of quick workloads. */
  readonly samples: number;
  /** Repetitions of workloads that take seconds each. */
  readonly longSamples: number;
  /** Runs of 40 tasks at once in the throughput workloads. */
  readonly wideRuns: number;
  /** Single runs whose start is timed. */
  readonly starts: number;
  /** Tasks of the one large run, and of each of the small ones that have as many together. */
  readonly largeRunTasks: number;
  readonly smallRunTasks: number;
  /** Comparisons of the two. */
  readonly sizePairs: number;
  readonly dagFiles: number;
  readonly edits: number;
  readonly coldStarts: number;
  /** Finished task instances already in the database. */
  readonly history: number;
  /** How long a snapshot is held open under load. */
  readonly snapshotSeconds: number;
  /** Finished runs before the first look at the memory. */
  readonly memoryRuns: number;
  /** Domains that go through the domain ingestion. */
  readonly domains: number;
  /** What the server's database holds in the API workloads, and how long each is asked. */
  readonly apiDags: number;
  readonly apiInstances: number;
  readonly apiStreams: number;
  readonly apiSeconds: number;
}

/** The figures of docs/reference/performance.md are made with this. */
export const FULL: Scale = {
  samples: 50,
  longSamples: 7,
  wideRuns: 500,
  starts: 500,
  largeRunTasks: 100_000,
  smallRunTasks: 100,
  sizePairs: 3,
  dagFiles: 1_000,
  edits: 11,
  coldStarts: 7,
  history: 10_000_000,
  snapshotSeconds: 120,
  memoryRuns: 500,
  domains: 1_000_000,
  apiDags: 10_000,
  apiInstances: 1_000_000,
  apiStreams: 200,
  apiSeconds: 10,
};

/** Shows in about a minute whether something is far off; figures from it are not comparable. */
export const QUICK: Scale = {
  samples: 10,
  longSamples: 3,
  wideRuns: 100,
  starts: 50,
  largeRunTasks: 10_000,
  smallRunTasks: 100,
  sizePairs: 1,
  dagFiles: 200,
  edits: 3,
  coldStarts: 2,
  history: 0,
  snapshotSeconds: 5,
  memoryRuns: 100,
  domains: 100_000,
  apiDags: 500,
  apiInstances: 40_000,
  apiStreams: 20,
  apiSeconds: 2,
};
