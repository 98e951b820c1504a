import {
  ENGINE_METRICS,
  type EngineMetricName,
  type HistogramValue,
  type MetricSamples,
  type MetricSnapshot,
} from "@millrace/core";

const NO_LABELS: readonly string[] = [];

/** Counts something. */
export interface Counter {
  add(by?: number): void;
}

/** Sorts what it is told into buckets. */
export interface Histogram {
  observe(value: number): void;
}

/**
 * Counters and histograms of one process. Who counts often keeps what {@link counter} and {@link histogram} give: counting is then an addition, without a
 * look-up.
 */
export class Meter {
  readonly #counters = new Map<EngineMetricName, Map<string, { value: number }>>();
  readonly #histograms = new Map<EngineMetricName, Map<string, { readonly counts: number[]; sum: number }>>();

  /** @param label value of the metric's only label, if it has one. */
  counter(name: EngineMetricName, label = ""): Counter {
    const cell = cellOf(this.#counters, [name, label], () => ({ value: 0 }));
    return { add: (by = 1) => void (cell.value += by) };
  }

  /** @param label value of the metric's only label, if it has one. */
  histogram(name: EngineMetricName, label = ""): Histogram {
    const { buckets = [] }: { readonly buckets?: readonly number[] } = ENGINE_METRICS[name];
    const cell = cellOf(this.#histograms, [name, label], () => ({
      counts: new Array<number>(buckets.length + 1).fill(0),
      sum: 0,
    }));
    return {
      observe(value) {
        let bucket = 0;
        while (bucket < buckets.length && value > buckets[bucket]) bucket += 1;
        cell.counts[bucket] += 1;
        cell.sum += value;
      },
    };
  }

  /** All that was counted, and gauges as they are now. */
  snapshot(gauges: MetricSnapshot): MetricSnapshot {
    const snapshot: Partial<Record<EngineMetricName, MetricSamples>> = { ...gauges };
    for (const [name, cells] of this.#counters) snapshot[name] = samplesOf(name, cells, ({ value }) => value);
    for (const [name, cells] of this.#histograms)
      snapshot[name] = samplesOf(name, cells, ({ counts, sum }): HistogramValue => ({ counts: [...counts], sum }));
    return snapshot;
  }
}

function cellOf<T>(
  all: Map<EngineMetricName, Map<string, T>>,
  [name, label]: readonly [EngineMetricName, string],
  make: () => T,
): T {
  const cells = all.get(name) ?? new Map<string, T>();
  all.set(name, cells);
  const cell = cells.get(label) ?? make();
  cells.set(label, cell);
  return cell;
}

function samplesOf<T>(
  name: EngineMetricName,
  cells: ReadonlyMap<string, T>,
  read: (cell: T) => number | HistogramValue,
): MetricSamples {
  const hasLabel = ENGINE_METRICS[name].labels.length > 0;
  return [...cells].map(([label, cell]) => [hasLabel ? [label] : NO_LABELS, read(cell)] as const);
}
