import type { Queries } from "@millrace/core";
import pc from "picocolors";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SystemProgress } from "./system-progress.ts";
import type { Terminal } from "./terminal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the live line says what runs, and nothing soon after the last try has ended", async () => {
  let status = "";
  const paint = pc.createColors(false);
  const terminal = {
    paint,
    program: "millrace",
    print: () => undefined,
    status: (line: string) => void (status = line),
  };
  const progress = new SystemProgress(terminal as unknown as Terminal);
  const queries = { findRunById: async () => undefined } as unknown as Queries;
  progress.begin(queries);
  const commit = async (state: "running" | "success"): Promise<void> => {
    const instance = { taskId: "wait", mapIndex: -1, state, tryNumber: 1 };
    progress.note([{ runId: 1, dagId: "nap", runKey: "one", state: "running", instances: [instance] }]);
    await vi.advanceTimersByTimeAsync(1);
  };
  await commit("running");
  expect(status).toBe("1 running: nap.wait");
  await commit("success");
  await vi.advanceTimersByTimeAsync(300);
  expect(status).toBe("");
});
