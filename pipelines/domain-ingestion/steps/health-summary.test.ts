import { expect, test } from "vitest";
import { failedChecks, healthMetrics, unfinishedChecks } from "./health-summary.ts";

const ok = { status: "success" };

test("success and healthy, in any letter case, are healthy", () => {
  expect(
    healthMetrics({ kafka: { status: "healthy" }, spark: { status: "SUCCESS" }, bronze: ok, silver: ok, gold: ok }, "t")
      .summary,
  ).toEqual({ all_healthy: true, failed_components: [] });
});

test("anything else is a failed component, and the results are passed on", () => {
  const metrics = healthMetrics(
    { kafka: { status: "down" }, spark: ok, bronze: ok, silver: { status: "" }, gold: ok },
    "2025-10-01T00:00:00Z",
  );
  expect(metrics).toEqual({
    kafka: { status: "down" },
    spark: ok,
    bronze: ok,
    silver: { status: "" },
    gold: ok,
    timestamp: "2025-10-01T00:00:00Z",
    summary: { all_healthy: false, failed_components: ["kafka", "silver"] },
  });
});

test("failed checks are the upstream tasks that failed, not those that succeeded or wait", () => {
  expect(
    failedChecks([
      { taskId: "g.b", state: "failed" },
      { taskId: "g.a", state: "upstream_failed" },
      { taskId: "g.c", state: "success" },
      { taskId: "g.d", state: "none" },
      { taskId: "g.e", state: "skipped" },
    ]),
  ).toEqual(["g.a", "g.b"]);
});

test("unfinished checks are those that have no outcome yet: an alert that comes with the first failure names them", () => {
  expect(
    unfinishedChecks([
      { taskId: "g.e", state: "up_for_retry" },
      { taskId: "g.b", state: "running" },
      { taskId: "g.d", state: "none" },
      ...["success", "failed", "skipped", "upstream_failed"].map((state) => ({ taskId: `g.${state}`, state })),
    ]),
  ).toEqual(["g.b", "g.d", "g.e"]);
});
