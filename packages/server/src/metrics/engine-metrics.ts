import { ENGINE_METRICS, type HistogramValue, type MetricDefinition, type StoredSnapshot } from "@millrace/core";

/** One line of Prometheus' text format before it is printed, as prom-client's registry takes it. */
export interface MetricValue {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A metric as prom-client's registry prints it. */
export interface PrintedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricDefinition["type"];
  readonly values: readonly MetricValue[];
}

/**
 * What schedulers and DAG processors have left, by metric. Every metric is there, also when nobody has a value for it.
 *
 * @returns in the order of the definitions; each process is told apart by the label that is named for what it is (`scheduler="12"`).
 */
export function printedMetrics(snapshots: readonly StoredSnapshot[]): readonly PrintedMetric[] {
  const processes = snapshots.map(({ source, snapshot }) => {
    const at = source.indexOf(":");
    return { kind: source.slice(0, at), id: source.slice(at + 1), snapshot };
  });
  return Object.entries<MetricDefinition>(ENGINE_METRICS).map(([name, definition]) => {
    const { help, type, from } = definition;
    const values = processes
      .filter(({ kind }) => kind === from)
      .flatMap(({ id, snapshot }) =>
        (snapshot[name as keyof typeof ENGINE_METRICS] ?? []).flatMap(([labels, value]) => {
          const named = { [from]: id, ...namedLabels(definition, labels) };
          return typeof value === "number"
            ? [{ labels: named, value }]
            : histogramValues(name, definition, [named, value]);
        }),
      );
    return { name, help, type, values };
  });
}

function namedLabels({ labels: names }: MetricDefinition, labels: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, at) => [name, labels[at] ?? ""]));
}

function histogramValues(
  name: string,
  { buckets = [] }: MetricDefinition,
  [labels, { counts, sum }]: readonly [MetricValue["labels"], HistogramValue],
): readonly MetricValue[] {
  let count = 0;
  const bounds = [...buckets, "+Inf"];
  const lines = bounds.map((le, at) => {
    count += counts[at] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...lines,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
