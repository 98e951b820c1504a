import {
  isTerminal,
  type EndChange,
  type EngineMetricName,
  type MetricSnapshot,
  type Micros,
  type RunHead,
  type SetChange,
} from "@millrace/core";
import { Meter, type Counter, type Histogram } from "./meter.ts";

const SECOND = 1_000_000;

/** What a scheduler counts while it ticks. It begins with the process and survives that the scheduler registers again. */
export class SchedulerMeter {
  readonly #meter = new Meter();
  readonly #ticks = this.#meter.counter("millrace_scheduler_ticks_total");
  readonly #tickSeconds = this.#meter.histogram("millrace_scheduler_tick_seconds");
  readonly #lag = this.#meter.histogram("millrace_scheduler_lag_seconds");
  readonly #commitSeconds = this.#meter.histogram("millrace_scheduler_commit_seconds");
  readonly #commitRows = this.#meter.histogram("millrace_scheduler_commit_rows");
  readonly #commitFailures = this.#meter.counter("millrace_scheduler_commit_failures_total");
  readonly #runsCreated = this.#counters("millrace_runs_created_total");
  readonly #runsEnded = this.#counters("millrace_runs_ended_total");
  readonly #runSeconds = this.#histograms("millrace_run_duration_seconds");
  readonly #taskEnds = this.#counters("millrace_task_ends_total");
  readonly #taskSeconds = this.#histograms("millrace_task_duration_seconds");

  tickPlanned(ms: number): void {
    this.#ticks.add();
    this.#tickSeconds.observe(ms / 1_000);
  }

  /** @param ms that what a tick takes up has waited for it. */
  tookUp(ms: number): void {
    this.#lag.observe(ms / 1_000);
  }

  committed({ ms, rows }: { readonly ms: number; readonly rows: number }): void {
    this.#commitSeconds.observe(ms / 1_000);
    this.#commitRows.observe(rows);
  }

  commitFailed(): void {
    this.#commitFailures.add();
  }

  runCreated({ runType }: Pick<RunHead, "runType">): void {
    this.#runsCreated(runType).add();
  }

  runEnded({ state, startedAt, endedAt }: Pick<RunHead, "state" | "startedAt" | "endedAt">): void {
    this.#runsEnded(state).add();
    observeSpan(this.#runSeconds(state), startedAt, endedAt);
  }

  taskEnded({ state, startedAt, endedAt }: Pick<EndChange, "state" | "startedAt" | "endedAt">): void {
    this.#taskEnds(state).add();
    observeSpan(this.#taskSeconds(state), startedAt, endedAt);
  }

  /** A state that a rule or a command decided. */
  taskSet({ state, clear }: Pick<SetChange, "state" | "clear">): void {
    if (!clear && isTerminal(state)) this.#taskEnds(state).add();
  }

  /** All that was counted, and gauges as they are now. */
  snapshot(gauges: MetricSnapshot): MetricSnapshot {
    return this.#meter.snapshot(gauges);
  }

  #counters(name: EngineMetricName): (label: string) => Counter {
    return keep((label) => this.#meter.counter(name, label));
  }

  #histograms(name: EngineMetricName): (label: string) => Histogram {
    return keep((label) => this.#meter.histogram(name, label));
  }
}

function keep<T>(make: (label: string) => T): (label: string) => T {
  const known = new Map<string, T>();
  return (label) => {
    let found = known.get(label);
    if (found === undefined) known.set(label, (found = make(label)));
    return found;
  };
}

function observeSpan(histogram: Histogram, from: Micros | undefined, to: Micros | undefined): void {
  if (from !== undefined && to !== undefined && to >= from) histogram.observe((to - from) / SECOND);
}
