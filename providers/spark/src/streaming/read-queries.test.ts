import { expect, test } from "vitest";
import { queriesOf } from "./read-driver.ts";
import { readProgressLines } from "./read-progress-file.ts";

const line = (event: object): string => `${JSON.stringify(event)}\n`;
const progress = {
  id: "q",
  runId: "1",
  name: "bronze",
  timestamp: "2026-01-01T00:00:00.000Z",
  batchId: 4,
  inputRowsPerSecond: 2,
  processedRowsPerSecond: 9,
};

test("a progress file tells the newest of each query, in events or as bare progress, and of its end", () => {
  const running = readProgressLines(
    `"cut off"}\n${line(progress)}${line({ event: "idle", id: "q", runId: "1", timestamp: "2026-01-01T00:01:00.000Z" })}`,
  );
  expect(running).toEqual([
    {
      name: "bronze",
      id: "q",
      runId: "1",
      isActive: true,
      batchId: 4,
      lastProgress: "2026-01-01T00:01:00.000Z",
      inputRowsPerSecond: 2,
      processedRowsPerSecond: 9,
    },
  ]);
  const [ended] = readProgressLines(
    line({ event: "progress", progress }) +
      line({ event: "terminated", id: "q", runId: "1", exception: "it broke\n at x" }),
  );
  expect(ended).toMatchObject({ name: "bronze", isActive: false, error: "it broke", batchId: 4 });
  const [again] = readProgressLines(
    line(progress) +
      line({ event: "terminated", id: "q", runId: "1", exception: "x" }) +
      line({ event: "started", id: "q", runId: "2" }),
  );
  expect(again).toEqual({ name: "bronze", id: "q", runId: "2", isActive: true });
});

const job = (jobId: number, batch: number, status = "SUCCEEDED"): Parameters<typeof queriesOf>[0][number] => ({
  jobId,
  description: `bronze\nid = q\nrunId = 1\nbatch = ${batch}`,
  submissionTime: "2026-01-01T00:00:00.000GMT",
  status,
});

test("jobs tell the last batch of a query, gauges its rates and whether it is active", () => {
  const gauges = new Map([
    ["bronze.inputRate-total", 3],
    ["bronze.processingRate-total", 5],
  ]);
  const jobs = [job(7, 2), job(8, 3), { jobId: 9, description: "of no query", status: "RUNNING" }];
  expect(queriesOf(jobs, gauges)).toEqual([
    {
      name: "bronze",
      id: "q",
      runId: "1",
      batchId: 3,
      lastProgress: "2026-01-01T00:00:00.000Z",
      isActive: true,
      inputRowsPerSecond: 3,
      processedRowsPerSecond: 5,
    },
  ]);
  expect(queriesOf(jobs, new Map([["silver.inputRate-total", 3]]))[0]?.isActive).toBe(false);
  expect(queriesOf(jobs, new Map())[0]?.isActive).toBeUndefined();
  expect(queriesOf([job(1, 0, "FAILED")], gauges)[0]?.error).toBe("its job 1 has failed");
});
