import { expect, test } from "vitest";
import { printedMetrics } from "./engine-metrics.ts";

const find = (name: string, printed: ReturnType<typeof printedMetrics>) =>
  printed.find((metric) => metric.name === name);

test("each process is told apart by a label of its own, and speaks only for its own metrics", () => {
  const printed = printedMetrics([
    { source: "scheduler:1", snapshot: { millrace_runs: [[["running"], 3]], millrace_dag_files: [[["good"], 9]] } },
    { source: "scheduler:2", snapshot: { millrace_runs: [[["running"], 4]] } },
    { source: "dag_processor:a-host:17", snapshot: { millrace_dag_files: [[["good"], 5]] } },
  ]);
  expect(find("millrace_runs", printed)?.values).toEqual([
    { labels: { scheduler: "1", state: "running" }, value: 3 },
    { labels: { scheduler: "2", state: "running" }, value: 4 },
  ]);
  expect(find("millrace_dag_files", printed)?.values).toEqual([
    { labels: { dag_processor: "a-host:17", state: "good" }, value: 5 },
  ]);
});

test("the buckets of a histogram are cumulative, and the last one has everything", () => {
  const counts = [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4];
  const printed = printedMetrics([
    { source: "scheduler:1", snapshot: { millrace_scheduler_commit_rows: [[[], { counts, sum: 77 }]] } },
  ]);
  const values = find("millrace_scheduler_commit_rows", printed)?.values ?? [];
  expect(values.slice(0, 3).map(({ value }) => value)).toEqual([1, 1, 3]);
  expect(values.slice(-3)).toEqual([
    { metricName: "millrace_scheduler_commit_rows_bucket", labels: { scheduler: "1", le: "+Inf" }, value: 7 },
    { metricName: "millrace_scheduler_commit_rows_sum", labels: { scheduler: "1" }, value: 77 },
    { metricName: "millrace_scheduler_commit_rows_count", labels: { scheduler: "1" }, value: 7 },
  ]);
});
