import { expect, describe, test } from "vitest";
import type { Graph } from "../graph/graph.ts";
import { buildDag, dag } from "./dag.ts";
import type { DagOptions } from "./options.ts";
import type { Scope } from "./scope.ts";
import { asset } from "./asset.ts";
import {
  assetsOrTime,
  continuous,
  cron,
  cronTrigger,
  customTimetable,
  events,
  every,
  nextCustomTimes,
  once,
} from "./schedules.ts";

const build = (builder: (scope: Scope) => void, options: DagOptions<object> = {}): Graph =>
  buildDag(dag("d", options, builder as never)).graph;
const nothing = (): null => null;
const MINUTE = 60_000_000;

describe("schedules", () => {
  test.each([
    [cron("@daily", "Europe/Berlin"), { kind: "cron", expression: "@daily", zone: "Europe/Berlin" }],
    [
      cronTrigger("0 1 * * *", { interval: "1d" }),
      { kind: "cronTrigger", expression: "0 1 * * *", zone: "UTC", intervalMicros: 1_440 * MINUTE },
    ],
    [every("90s"), { kind: "interval", everyMicros: 90_000_000 }],
    [once(), { kind: "once" }],
    [
      events(["2025-01-02", "2025-01-01"]),
      { kind: "events", at: [Date.UTC(2025, 0, 1) * 1_000, Date.UTC(2025, 0, 2) * 1_000] },
    ],
    [asset("a://1"), { kind: "assets", rule: { asset: "a://1" } }],
    [
      asset("a://1").or(asset("a://2")).or(asset("a://3")),
      { kind: "assets", rule: { any: [{ asset: "a://1" }, { asset: "a://2" }, { asset: "a://3" }] } },
    ],
    [
      assetsOrTime(asset("a://1").and(asset("a://2").or(asset("a://3"))), cron("@hourly")),
      {
        kind: "assetsOrTime",
        rule: { all: [{ asset: "a://1" }, { any: [{ asset: "a://2" }, { asset: "a://3" }] }] },
        time: { kind: "cron", expression: "@hourly", zone: "UTC" },
      },
    ],
    [null, { kind: "none" }],
  ])("%#: a schedule is plain data", (schedule, data) => {
    expect(JSON.parse(JSON.stringify(build(nothing, { schedule }).dag.schedule))).toEqual(data);
  });

  test("a continuous DAG has one active run", () => {
    expect(build(nothing, { schedule: continuous() }).dag.maxActiveRuns).toBe(1);
  });

  test("bounds without an offset are on the wall of the schedule", () => {
    expect(build(nothing, { schedule: cron("@daily", "Europe/Berlin"), start: "2025-01-01" }).dag.start).toBe(
      Date.UTC(2024, 11, 31, 23) * 1_000,
    );
  });

  test("a custom timetable keeps its code with the DAG and answers with its next times", () => {
    const next = (after: string): { start: string; end: string } | null =>
      after < "2025-01-03" ? { start: after, end: new Date(Date.parse(after) + 86_400_000).toISOString() } : null;
    const { graph, timetable } = buildDag(dag("d", { schedule: customTimetable("days", next) }, nothing));
    expect(JSON.stringify(graph.dag.schedule)).toBe('{"kind":"custom","name":"days"}');
    const start = Date.UTC(2025, 0, 1) * 1_000;
    const times = nextCustomTimes(timetable as never, start, 50);
    expect(times.map((run) => [run.logicalDate - start, run.runAfter - start])).toEqual([
      [0, 1_440 * MINUTE],
      [1_440 * MINUTE, 2_880 * MINUTE],
    ]);
    expect(() => nextCustomTimes({ name: "stuck", next: (after) => ({ start: after, end: after }) }, start, 1)).toThrow(
      /stuck: the interval .* does not end after/,
    );
  });
});
