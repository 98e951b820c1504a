import { afterEach, beforeEach, expect, test } from "vitest";
import type { ExecutorHarness } from "./executor-harness.ts";

/** The DAG file that {@link executorContract} runs. */
export const CONTRACT_SOURCE = `
import { dag } from "@millrace/core";
const stopped = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
export default dag("d", {}, ({ task }) => {
  task("light", () => 1);
  task("throws", () => { throw new Error("no"); });
  task("waits", (_, { signal }) => stopped(signal));
  task("counts", { singleAttempt: true }, () => "ran");
});
`;

/** What every executor promises. \`make\` gives a fresh one for {@link CONTRACT_SOURCE}. */
export function executorContract(make: () => Promise<ExecutorHarness>): void {
  let h: ExecutorHarness;
  const ends = (dispatchId: string): number =>
    h.reports.filter((report) => report.dispatchId === dispatchId && report.kind !== "started").length;

  beforeEach(async () => {
    h = await make();
  });
  afterEach(async () => await h.close());

  test("a dispatch ends once, with its result or its error", async () => {
    expect(await h.run("light")).toMatchObject({ kind: "ended", outcome: { kind: "success", result: { json: "1" } } });
    expect(await h.run("throws")).toMatchObject({
      kind: "ended",
      outcome: { kind: "failed", cause: { code: "TASK_FAILED" } },
    });
  });

  test("a batch of 1000 ends with one report for each", async () => {
    const dispatches = Array.from({ length: 1_000 }, () => h.dispatch("light"));
    h.executor.start(dispatches);
    await Promise.all(dispatches.map(async ({ dispatchId }) => await h.ended(dispatchId)));
    expect(dispatches.map(({ dispatchId }) => ends(dispatchId))).toEqual(dispatches.map(() => 1));
    expect(dispatches.some(({ dispatchId }) => h.executor.holds(dispatchId))).toBe(false);
  });

  test("a try that runs long enough is reported as started before it ends", async () => {
    const one = h.dispatch("waits");
    h.executor.start([one]);
    const started = await h.reported((report) => report.dispatchId === one.dispatchId);
    expect(started.kind).toBe("started");
    expect(h.executor.holds(one.dispatchId)).toBe(true);
    h.executor.stop([one.dispatchId], "the test is over");
    await h.ended(one.dispatchId);
  });

  test("a stopped try sees its signal and ends once, with the reason in its cause", async () => {
    const one = h.dispatch("waits");
    h.executor.start([one]);
    await h.reported((report) => report.kind === "started");
    h.executor.stop([one.dispatchId, one.dispatchId], "cleared by somebody");
    expect(await h.ended(one.dispatchId)).toMatchObject({
      outcome: {
        kind: "failed",
        cause: { code: "STOPPED", message: expect.stringContaining("cleared by somebody") as string },
      },
    });
    h.executor.stop([one.dispatchId], "again");
    await h.run("light");
    expect(ends(one.dispatchId)).toBe(1);
  });

  test("stopping and acknowledging what it does not hold does nothing", async () => {
    h.executor.stop(["f".repeat(32)], "unknown");
    h.executor.acknowledgeStarted(["f".repeat(32)]);
    expect(h.executor.holds("f".repeat(32))).toBe(false);
    expect(await h.run("light")).toMatchObject({ kind: "ended" });
  });

  test("R9: a singleAttempt body starts only after its start was acknowledged", async () => {
    const one = h.dispatch("counts", { singleAttempt: true, isolation: "process" });
    h.executor.start([one]);
    expect(await h.reported((report) => report.dispatchId === one.dispatchId)).toMatchObject({ kind: "started" });
    await h.run("light");
    expect(ends(one.dispatchId)).toBe(0);
    h.executor.acknowledgeStarted([one.dispatchId]);
    expect(await h.ended(one.dispatchId)).toMatchObject({ outcome: { kind: "success", result: { json: '"ran"' } } });
  });

  test("draining waits for what runs, and takes nothing new", async () => {
    const running = Array.from({ length: 20 }, () => h.dispatch("light"));
    h.executor.start(running);
    const drained = h.executor.drain(10_000);
    const late = h.dispatch("light");
    h.executor.start([late]);
    expect(await h.ended(late.dispatchId)).toMatchObject({
      kind: "lost",
      mayHaveRun: false,
      guilty: false,
      blameless: true,
    });
    expect(await drained).toEqual([]);
    expect(running.map(({ dispatchId }) => ends(dispatchId))).toEqual(running.map(() => 1));
  });

  test("what does not end within the drain's deadline is named and reported lost, not failed", async () => {
    const one = h.dispatch("waits");
    h.executor.start([one]);
    await h.reported((report) => report.kind === "started");
    expect(await h.executor.drain(1)).toEqual([one.dispatchId]);
    expect(await h.ended(one.dispatchId)).toMatchObject({
      kind: "lost",
      guilty: false,
      blameless: true,
      mayHaveRun: true,
      cause: { code: "SHUTDOWN" },
    });
  });

  test("closing twice at once ends twice", async () => {
    await Promise.all([h.executor.close(), h.executor.close()]);
  });

  test("closing reports what was running as lost", async () => {
    const one = h.dispatch("waits");
    h.executor.start([one]);
    await h.reported((report) => report.kind === "started");
    await h.executor.close();
    expect(await h.ended(one.dispatchId)).toMatchObject({ kind: "lost", guilty: false, blameless: true });
  });
}
