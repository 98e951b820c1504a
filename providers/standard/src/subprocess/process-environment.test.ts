import { expect, test } from "vitest";
import { processEnvironment } from "./process-environment.ts";

const CTX = {
  dagId: "d",
  runId: "r",
  taskId: "t",
  mapIndex: -1,
  tryNumber: 1,
  tryId: "1/t/-1/1",
  logicalDate: "2025-10-01T00:00:00Z",
  dataInterval: { start: "2025-10-01T00:00:00Z", end: "2025-10-02T00:00:00Z" },
};

test("a process joins the trace of the try that starts it, where there is one", () => {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  expect(processEnvironment({ inheritEnv: false }, { ...CTX, traceparent })).toMatchObject({
    TRACEPARENT: traceparent,
  });
  expect(processEnvironment({ inheritEnv: false }, CTX)).not.toHaveProperty("TRACEPARENT");
});
