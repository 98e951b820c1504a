import { MillraceError } from "@millrace/core";

/** One number with its labels. */
export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string | number | boolean>>;
}

/** A metric to push. */
export interface Metric {
  /** `[a-zA-Z_:][a-zA-Z0-9_:]*` */
  readonly name: string;
  /** Default `gauge`. Names of counters end with `_total`. */
  readonly type?: "gauge" | "counter";
  /** Shown beside it. Default its name. */
  readonly help?: string;
  /** Of a metric without labels, or with the labels of the push alone. Either this or `samples`. */
  readonly value?: number;
  /** Several, told apart by their labels. */
  readonly samples?: readonly Sample[];
}

type Labels = Readonly<Record<string, string | number | boolean>>;

/**
 * Metrics in the text format of Prometheus (0.0.4), each once with all its samples.
 *
 * @param labels added to every sample; a sample's own win.
 * @throws MillraceError BAD_ARGUMENT for a name, label or value that is none, and for two samples with the same labels
 */
export async function metricText(metrics: readonly Metric[], labels: Labels = {}): Promise<string> {
  const { Counter, Gauge, Registry } = await import("prom-client");
  const registry = new Registry();
  for (const metric of metrics) {
    const samples = samplesOf(metric, labels);
    const options = {
      name: metric.name,
      help: metric.help ?? metric.name,
      labelNames: [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))],
      registers: [registry],
    };
    try {
      if (metric.type === "counter") {
        const counter = new Counter(options);
        for (const sample of samples) counter.inc(sample.labels, sample.value);
      } else {
        const gauge = new Gauge(options);
        for (const sample of samples) gauge.set(sample.labels, sample.value);
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new MillraceError("BAD_ARGUMENT", `the metric "${metric.name}" cannot be pushed: ${why}`, { cause: error });
    }
  }
  return await registry.metrics();
}

interface LabelledSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

function samplesOf(metric: Metric, common: Labels): readonly LabelledSample[] {
  const { name, value, samples } = metric;
  if ((value === undefined) === (samples === undefined))
    throw new MillraceError("BAD_ARGUMENT", `the metric "${name}" needs either value or samples`);
  const seen = new Set<string>();
  return (samples ?? [{ value: value ?? 0 }]).map((sample) => {
    const labels = Object.fromEntries(
      Object.entries({ ...common, ...sample.labels }).map(([key, text]) => [key, String(text)]),
    );
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (seen.has(key))
      throw new MillraceError("BAD_ARGUMENT", `the metric "${name}" has two samples with the labels ${key}`);
    seen.add(key);
    if (typeof sample.value !== "number")
      throw new MillraceError("BAD_ARGUMENT", `the metric "${name}" has a value that is no number`);
    return { value: sample.value, labels };
  });
}
