import { expect, test } from "vitest";
import { continuous, cron, cronTrigger } from "../dsl/schedules.ts";
import { dag } from "../dsl/dag.ts";
import { overrideSchedule } from "./override-schedule.ts";

const { graph } = dag(
  "orders",
  { schedule: cron("@daily"), pausedUponCreation: true, maxActiveRuns: 4 },
  ({ task }) => {
    task("a", () => 1);
  },
).build();
const HOURLY = { from: "prod.yaml", schedule: cronTrigger("0 * * * *") };

test("the schedule is another one, and where it is from is kept", () => {
  const { dag: now } = overrideSchedule(graph, HOURLY);
  expect(now).toEqual({ ...graph.dag, schedule: HOURLY.schedule, scheduleOverride: HOURLY });
});

test("whether a new DAG is paused may change with it", () => {
  const running = overrideSchedule(graph, { ...HOURLY, pausedUponCreation: false });
  expect(running.dag.pausedUponCreation).toBe(false);
  const unsaid = { ...graph, dag: { ...graph.dag, pausedUponCreation: undefined } };
  expect(overrideSchedule(JSON.parse(JSON.stringify(unsaid)) as typeof graph, HOURLY).dag).not.toHaveProperty(
    "pausedUponCreation",
  );
});

test("a DAG that runs on and on has one active run", () => {
  expect(overrideSchedule(graph, { from: "a", schedule: continuous() }).dag.maxActiveRuns).toBe(1);
});

test("a graph that went through JSON becomes the same one, to the letter", () => {
  const stored = JSON.parse(JSON.stringify(graph)) as typeof graph;
  expect(JSON.stringify(overrideSchedule(stored, HOURLY))).toBe(JSON.stringify(overrideSchedule(graph, HOURLY)));
});
