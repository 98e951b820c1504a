import type { MetricSnapshot } from "@millrace/core";
import { Meter } from "./meter.ts";

/** What a DAG processor counts while it reads files. */
export class ProcessorMeter {
  readonly #meter = new Meter();
  readonly #loads = this.#meter.histogram("millrace_dag_load_seconds");
  readonly #scans = this.#meter.histogram("millrace_dag_scan_seconds");
  #files = { good: 0, broken: 0, loading: 0 };

  loaded(ms: number): void {
    this.#loads.observe(ms / 1_000);
  }

  scanned(ms: number, files: { readonly good: number; readonly broken: number; readonly loading: number }): void {
    this.#scans.observe(ms / 1_000);
    this.#files = files;
  }

  snapshot(): MetricSnapshot {
    return this.#meter.snapshot({
      millrace_dag_files: Object.entries(this.#files).map(([state, count]) => [[state], count] as const),
    });
  }
}
