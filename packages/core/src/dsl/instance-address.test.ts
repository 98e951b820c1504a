import { expect, test } from "vitest";
import { instanceAddress } from "./instance-address.ts";

const run = { dagId: "shop", runId: "scheduled__2025-10-01T00:00:00+00:00" };
const page = "https://m.example.com/dags/shop/runs/scheduled__2025-10-01T00%3A00%3A00%2B00%3A00";

test("a run has a page, and a try of a task its log on another", () => {
  expect(instanceAddress("https://m.example.com/", run)).toBe(page);
  expect(instanceAddress("https://m.example.com", { ...run, taskId: "a.b" })).toBe(`${page}/tasks/a.b?tab=logs`);
  expect(instanceAddress("https://m.example.com", { ...run, taskId: "t", mapIndex: 3, tryNumber: 2 })).toBe(
    `${page}/tasks/t?map=3&tab=logs&try=2`,
  );
  expect(instanceAddress("http://h/base/", { ...run, taskId: "t", mapIndex: -1 })).toMatch(
    /^http:\/\/h\/base\/dags\/.*\/t\?tab=logs$/,
  );
});
