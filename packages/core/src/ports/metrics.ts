/** What a metric is: for Prometheus, for the page that lists them, and for whoever keeps its values. */
export interface MetricDefinition {
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Names of its labels, in the order in which samples give their values. */
  readonly labels: readonly string[];
  /** Histograms: upper bounds of the buckets, ascending, without infinity. */
  readonly buckets?: readonly number[];
  /** Who keeps it; also the name of the label that tells several of them apart. */
  readonly from: "scheduler" | "dag_processor";
}

const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;
const LONG_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400] as const;
const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000] as const;

type Shape = Pick<MetricDefinition, "type" | "from"> & { readonly buckets?: readonly number[] };

function metric(shape: Shape, help: string, ...labels: readonly string[]): MetricDefinition {
  return { ...shape, help, labels };
}

const COUNTER: Shape = { type: "counter", from: "scheduler" };
const GAUGE: Shape = { type: "gauge", from: "scheduler" };
const SHORT: Shape = { type: "histogram", from: "scheduler", buckets: SHORT_SECONDS };
const LONG: Shape = { type: "histogram", from: "scheduler", buckets: LONG_SECONDS };

/**
 * Every metric that schedulers and DAG processors keep. None has a DAG's name as a label: their number must not grow with what users write. Counters
 * and histograms begin with the process.
 */
export const ENGINE_METRICS = {
  millrace_runs: metric(GAUGE, "Unfinished runs in the scheduler's memory, by state.", "state"),
  millrace_runs_resting: metric(GAUGE, "Unfinished runs that only wait for a far time and are not in memory."),
  millrace_runs_created_total: metric(COUNTER, "Runs created, by type.", "type"),
  millrace_runs_ended_total: metric(COUNTER, "Runs ended, by state.", "state"),
  millrace_run_duration_seconds: metric(LONG, "From the start of a run to its end, by state.", "state"),
  millrace_task_instances: metric(GAUGE, "Task instances of runs in memory, by state.", "state"),
  millrace_task_ends_total: metric(
    COUNTER,
    "Ends of dispatches and decisions without one, by the state that followed.",
    "state",
  ),
  millrace_task_duration_seconds: metric(LONG, "From the start of a dispatch to its end, by the state after.", "state"),
  millrace_ready_instances: metric(GAUGE, "Task instances that are ready and wait for a slot, by pool.", "pool"),
  millrace_pool_slots: metric(GAUGE, "Slots of a pool; -1 = no limit.", "pool"),
  millrace_pool_granted_slots: metric(GAUGE, "This scheduler's share of a pool's slots.", "pool"),
  millrace_pool_used_slots: metric(GAUGE, "Slots in use by this scheduler's task instances.", "pool"),
  millrace_scheduler_dags: metric(GAUGE, "DAGs that the scheduler drives."),
  millrace_scheduler_ticks_total: metric(COUNTER, "Ticks."),
  millrace_scheduler_tick_seconds: metric(SHORT, "Time of a tick from gathering to its plan, without its commit."),
  millrace_scheduler_lag_seconds: metric(SHORT, "How long what a tick took up had waited for it."),
  millrace_scheduler_commit_seconds: metric(SHORT, "Time of a commit, as the scheduler sees it."),
  millrace_scheduler_commit_rows: metric(
    { type: "histogram", from: "scheduler", buckets: SIZES },
    "Rows of runs and task instances in a commit.",
  ),
  millrace_scheduler_commit_failures_total: metric(COUNTER, "Commits that failed and were sent or split again."),
  millrace_scheduler_waiting_reports: metric(GAUGE, "Reports of workers that no tick has taken up yet."),
  millrace_executor_capacity: metric(GAUGE, "Dispatches that the executor takes at once."),
  millrace_executor_dispatches: metric(GAUGE, "Dispatches that it holds, by where they are.", "state"),
  millrace_workers: metric(GAUGE, "Worker processes, by what they do.", "state"),
  millrace_dag_files: metric(
    { type: "gauge", from: "dag_processor" },
    "DAG files, by how loading them ended.",
    "state",
  ),
  millrace_dag_load_seconds: metric(
    { type: "histogram", from: "dag_processor", buckets: SHORT_SECONDS },
    "Time to load one DAG file.",
  ),
  millrace_dag_scan_seconds: metric(
    { type: "histogram", from: "dag_processor", buckets: SHORT_SECONDS },
    "Time to look at all DAG files, and to load and save those that changed.",
  ),
} as const satisfies Record<string, MetricDefinition>;

/** Name of one of {@link ENGINE_METRICS}. */
export type EngineMetricName = keyof typeof ENGINE_METRICS;

/** A histogram's content: observations per bucket, each counted once, the last one beyond all bounds. */
export interface HistogramValue {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Values of one metric: of each combination of label values one. */
export type MetricSamples = readonly (readonly [labels: readonly string[], value: number | HistogramValue])[];

/** What a process knows of itself, small enough to be written down every few seconds. */
export type MetricSnapshot = Readonly<Partial<Record<EngineMetricName, MetricSamples>>>;

/** A snapshot and whose it is. */
export interface StoredSnapshot {
  /** `scheduler:12`, `dag_processor:host:4711`: who keeps it, and which of them. */
  readonly source: string;
  readonly snapshot: MetricSnapshot;
}

/** Where processes leave their numbers, so that one scrape of any server has those of all. */
export interface MetricsStore {
  /** Overwrites what the source left before. Losing one is as if it had not been sent. */
  save(snapshot: StoredSnapshot): Promise<void>;
  /** Of every process that has written within the last 30 s. */
  list(): Promise<readonly StoredSnapshot[]>;
}
