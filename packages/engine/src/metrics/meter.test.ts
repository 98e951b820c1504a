import { expect, test } from "vitest";
import { Meter } from "./meter.ts";
import { SchedulerMeter } from "./scheduler-meter.ts";

test("counters add up per label, and beside gauges", () => {
  const meter = new Meter();
  meter.counter("millrace_runs_ended_total", "success").add();
  meter.counter("millrace_runs_ended_total", "success").add(2);
  meter.counter("millrace_runs_ended_total", "failed").add();
  expect(meter.snapshot({ millrace_scheduler_dags: [[[], 7]] })).toEqual({
    millrace_scheduler_dags: [[[], 7]],
    millrace_runs_ended_total: [
      [["success"], 3],
      [["failed"], 1],
    ],
  });
});

test("a histogram puts a value into the first bucket whose bound it does not exceed, and the rest beyond all bounds", () => {
  const meter = new Meter();
  const rows = meter.histogram("millrace_scheduler_commit_rows");
  for (const value of [1, 2, 3, 5_000, 5_001]) rows.observe(value);
  const { millrace_scheduler_commit_rows: samples } = meter.snapshot({});
  expect(samples).toEqual([[[], { counts: [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], sum: 10_007 }]]);
});

test("the end of a task counts with the state that follows, its duration only when it had started", () => {
  const meter = new SchedulerMeter();
  meter.taskEnded({ state: "success", startedAt: 1_000_000, endedAt: 1_030_000 });
  meter.taskEnded({ state: "up_for_retry", endedAt: 5 });
  meter.taskSet({ state: "skipped", clear: false });
  meter.taskSet({ state: "none", clear: true });
  const snapshot = meter.snapshot({});
  expect(snapshot.millrace_task_ends_total).toEqual([
    [["success"], 1],
    [["up_for_retry"], 1],
    [["skipped"], 1],
  ]);
  expect(snapshot.millrace_task_duration_seconds?.[0]).toMatchObject([["success"], { sum: 0.03 }]);
  expect(snapshot.millrace_task_duration_seconds?.[1]).toMatchObject([["up_for_retry"], { sum: 0 }]);
});
