import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallbackDispatch, Dispatch } from "@millrace/core";
import { afterEach, expect, test } from "vitest";
import { readLog } from "../../logs/read-log.ts";
import { harness, type EndReport, type ExecutorHarness } from "../testing/executor-harness.ts";
import type { LocalExecutorOptions } from "./local-limits.ts";
import { processStartedAt } from "./process-started-at.ts";

// What happens to the neighbours of a task that misbehaves. `neighbour` waits for a file, so that it runs when the harm is done.
const SOURCE = `
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "@millrace/core";
const go = process.env.MILLRACE_TASK_FOLDER + "/go";
export default dag("d", {}, ({ task }) => {
  task("neighbour", async (_, { signal }) => { while (!existsSync(go)) await sleep(20, undefined, { signal }); return "fine"; });
  task("spins", () => { for (;;) ; });
  task("segfaults", async () => { await sleep(50); process.kill(process.pid, "SIGSEGV"); await sleep(60_000); });
  task("grows", () => { const kept = []; for (;;) kept.push(new Array(100_000).fill(Math.random())); });
  task("exits", async () => { await sleep(10); process.exit(3); });
  task("rejects", async () => { Promise.reject(new Error("nobody waits for me")); await sleep(5_000); });
  task("timer", async () => { setTimeout(() => { throw new Error("thrown in a timer"); }, 5); await sleep(5_000); });
  task("forks", async (_, { signal }) => {
    const child = spawn("sh", ["-c", "while true; do sleep 1000 & sleep 0.05; done"], { stdio: "ignore" });
    writeFileSync(process.env.MILLRACE_TASK_FOLDER + "/pid", String(child.pid));
    await sleep(60_000, undefined, { signal });
  });
  task("floods", async (_, { signal }) => { for (let i = 0; !signal.aborted; i += 1) { console.log("line " + i); if (i % 100 === 0) await sleep(0); } });
  task("tidies", async () => {
    const folder = process.env.MILLRACE_TASK_FOLDER;
    const child = spawn("bash", ["-c", "trap 'sleep 0.2; echo yes > " + folder + "/tidied; exit 1' TERM; touch " + folder + "/trapped; while :; do sleep 0.05; done"], { stdio: "ignore" });
    await new Promise((resolve) => child.on("exit", resolve));
  });
  task("ignores", async () => { await sleep(60_000); });
  task("stuck", { onFailure: () => { for (;;) ; } }, () => 1);
  task("fatal", { onFailure: () => process.kill(process.pid, "SIGKILL") }, () => 1);
});
`;
let h: ExecutorHarness;
let folder: string;

afterEach(async () => await h.close());

/** Opens an executor with the neighbour running in its one shared process. @returns the neighbour's dispatch. */
async function open(options: Partial<LocalExecutorOptions> = {}): Promise<Dispatch> {
  folder = mkdtempSync(join(tmpdir(), "millrace-neighbours-"));
  h = await harness(SOURCE, {
    dataFolder: folder,
    environment: { ...process.env, MILLRACE_TASK_FOLDER: folder },
    ...options,
  });
  const neighbour = h.dispatch("neighbour");
  h.executor.start([neighbour]);
  await h.reported((report) => report.kind === "started" && report.dispatchId === neighbour.dispatchId);
  return neighbour;
}

/** Lets the neighbour end. */
async function letGo(neighbour: Dispatch): Promise<EndReport> {
  writeFileSync(join(folder, "go"), "");
  return await h.ended(neighbour.dispatchId);
}

const FINE = { kind: "ended", outcome: { kind: "success", result: { json: '"fine"' } } };

const failed = (message: string): object => ({
  kind: "ended",
  outcome: { kind: "failed", retry: "policy", cause: { message: expect.stringContaining(message) as string } },
});

test("a segfault loses the neighbours without guilt; what dies alone is guilty", async () => {
  const neighbour = await open();
  expect(await h.run("segfaults")).toMatchObject({
    kind: "lost",
    guilty: false,
    mayHaveRun: true,
    cause: { code: "PROCESS_DIED", message: expect.stringContaining("SIGSEGV") as string },
  });
  expect(await h.ended(neighbour.dispatchId)).toMatchObject({ kind: "lost", guilty: false, mayHaveRun: true });
  expect(await h.run("segfaults", { suspect: true })).toMatchObject({ kind: "lost", guilty: true });
  expect(await h.run("neighbour", { suspect: true, executionTimeoutMicros: 1_000 })).toMatchObject(
    failed("execution timeout"),
  );
});

test("suspects run one after the other in few processes; what dies in a used one is not guilty yet, and is alone in a fresh one next", async () => {
  await open({ processes: 1 });
  writeFileSync(join(folder, "go"), "");
  const suspects = ["neighbour", "neighbour", "segfaults", "neighbour"].map((taskId, mapIndex) =>
    h.dispatch(taskId, { suspect: true, mapIndex }),
  );
  h.executor.start(suspects);
  const ends = await Promise.all(suspects.map(({ dispatchId }) => h.ended(dispatchId)));
  expect(ends.map(({ kind }) => kind)).toEqual(["ended", "ended", "lost", "ended"]);
  expect(ends[2]).toMatchObject({ guilty: false, mayHaveRun: true });
  const workers = ends.map((end) => (end as { readonly workerId?: string }).workerId);
  expect(workers[1]).toBe(workers[0]);
  expect(workers[3]).not.toBe(workers[0]);
  const again = [
    h.dispatch("neighbour", { suspect: true, mapIndex: 7 }),
    h.dispatch("segfaults", { suspect: true, mapIndex: 2 }),
  ];
  h.executor.start(again);
  expect(await h.ended(again[1].dispatchId)).toMatchObject({ kind: "lost", guilty: true });
});

test("a blocked loop is killed after the grace and 5 s when it keeps a neighbour waiting, and the neighbour may start again elsewhere", async () => {
  const neighbour = await open();
  const spins = h.dispatch("spins");
  h.executor.start([spins]);
  expect(await h.ended(neighbour.dispatchId)).toMatchObject({
    kind: "lost",
    guilty: false,
    cause: { message: expect.stringContaining("blocked") as string },
  });
  expect(await h.ended(spins.dispatchId)).toMatchObject({ kind: "lost", guilty: false });
});

test("work goes on elsewhere while a loop is blocked, and a blocked loop alone runs until its timeout", async () => {
  const neighbour = await open();
  const spins = h.dispatch("spins", { isolation: "process", executionTimeoutMicros: 100_000 });
  h.executor.start([spins]);
  expect(await letGo(neighbour)).toMatchObject(FINE);
  expect(await h.ended(spins.dispatchId)).toMatchObject({
    kind: "ended",
    outcome: {
      kind: "failed",
      timedOut: true,
      cause: { code: "TIMEOUT", message: expect.stringContaining("execution timeout") as string },
    },
  });
});

test("a process above its memory limit dies alone, its neighbours elsewhere live, and its last words are in the cause", async () => {
  const neighbour = await open({ memoryMb: 96 });
  expect(await h.run("grows", { isolation: "process" })).toMatchObject({
    kind: "lost",
    guilty: true,
    cause: { message: expect.stringMatching(/heap|memory/i) as string },
  });
  expect(await letGo(neighbour)).toMatchObject(FINE);
});

test("process.exit, a promise nobody awaits and an error in a timer fail their own try only", async () => {
  const neighbour = await open();
  const ends = await Promise.all(["exits", "rejects", "timer"].map((taskId) => h.run(taskId)));
  expect(ends[0]).toMatchObject({ ...failed("process.exit(3)"), outcome: { cause: { code: "EXITED" } } });
  expect(ends[1]).toMatchObject(failed("nobody waits for me"));
  expect(ends[2]).toMatchObject(failed("thrown in a timer"));
  expect(await letGo(neighbour)).toMatchObject(FINE);
});

test("processes that a try has started end with it, and what they have started", async () => {
  const neighbour = await open();
  const forks = h.dispatch("forks");
  h.executor.start([forks]);
  await h.reported((report) => report.kind === "started" && report.dispatchId === forks.dispatchId);
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  expect(await processStartedAt(pid)).toBeDefined();
  h.executor.stop([forks.dispatchId], "enough");
  await h.ended(forks.dispatchId);
  await expect.poll(async () => await processStartedAt(pid)).toBeUndefined();
  await expect.poll(() => sleepersOf(pid)).toEqual([]);
  expect(await letGo(neighbour)).toMatchObject(FINE);
});

test("a process that a try has started is asked to end first, and has the grace to do so", async () => {
  const neighbour = await open({ graceMs: 5_000 });
  const tidies = h.dispatch("tidies");
  h.executor.start([tidies]);
  await expect.poll(() => existsSync(join(folder, "trapped"))).toBe(true);
  h.executor.stop([tidies.dispatchId], "enough");
  await h.ended(tidies.dispatchId);
  expect(readFileSync(join(folder, "tidied"), "utf8")).toBe("yes\n");
  expect(await letGo(neighbour)).toMatchObject(FINE);
});

test("a flood of lines is cut by its rate, says so, and starves nobody", async () => {
  const neighbour = await open({ log: { logBurstLines: 500, logLinesPerSecond: 100 } });
  const floods = h.dispatch("floods");
  h.executor.start([floods]);
  await h.reported((report) => report.kind === "started" && report.dispatchId === floods.dispatchId);
  expect(await letGo(neighbour)).toMatchObject(FINE);
  h.executor.stop([floods.dispatchId], "enough");
  const { log } = await h.ended(floods.dispatchId);
  const lines = await readLog({ dataFolder: h.dataFolder, log: log as NonNullable<typeof log> });
  expect(lines.length).toBeLessThan(5_000);
  expect(lines.some((line) => line.msg.includes("lines lost"))).toBe(true);
});

test("a try that ignores its stop is abandoned after the grace; its process ends when the neighbours have", async () => {
  const neighbour = await open();
  const ignores = h.dispatch("ignores");
  h.executor.start([ignores]);
  await h.reported((report) => report.kind === "started" && report.dispatchId === ignores.dispatchId);
  h.executor.stop([ignores.dispatchId], "enough");
  const abandoned = await h.ended(ignores.dispatchId);
  expect(abandoned).toMatchObject(failed("did not end within the grace"));
  const other = await h.run("exits");
  expect((other as { workerId: string }).workerId).not.toBe((abandoned as { workerId: string }).workerId);
  expect(await letGo(neighbour)).toMatchObject(FINE);
  // One shared worker and one spare are left.
  await expect.poll(() => readdirSync(join(folder, "workers", "test-host")).length).toBe(2);
});

test("R10: workers end when their executor is gone", async () => {
  await open();
  const records = join(folder, "workers", "test-host");
  expect(existsSync(records)).toBe(true);
  await h.executor.close();
  expect(readdirSync(records)).toEqual([]);
});

/** Children of a process that lives or lived, by their parent id. */
function sleepersOf(pid: number): readonly string[] {
  const out = execFileSync("ps", ["-eo", "ppid=,pid=,args="], { encoding: "utf8" });
  return out.split("\n").filter((line) => line.trim().startsWith(`${pid} `) && line.includes("sleep"));
}

test("what dies beside a callback is not guilty, nor is the callback; a callback that dies alone is", async () => {
  const neighbour = await open();
  const callback = callbackOf("fatal", neighbour);
  expect(await h.executor.runCallback(callback)).toMatchObject({ ok: false, blameless: true });
  expect(await h.ended(neighbour.dispatchId)).toMatchObject({ kind: "lost", guilty: false });
  const alone = await h.executor.runCallback({ ...callback, callbackId: "2" });
  expect(alone).toEqual({ ok: false, error: "its worker process died" });
});

test("a callback that blocks its process is over after its timeout, also when nobody else is in there", async () => {
  const neighbour = await open();
  writeFileSync(join(folder, "go"), "");
  await h.ended(neighbour.dispatchId);
  const answer = await h.executor.runCallback({ ...callbackOf("stuck", neighbour), timeoutMicros: 100_000 });
  expect(answer).toEqual({ ok: false, error: "its worker process died" });
});

function callbackOf(taskId: string, { bundleHash, run }: Dispatch): CallbackDispatch {
  return {
    dagId: "d",
    dagVersion: 1,
    bundleHash,
    callbackId: "1",
    scope: "task",
    taskId,
    mapIndex: -1,
    tryNumber: 1,
    run,
    event: "failure",
    state: "failed",
    reason: "",
    timeoutMicros: 60_000_000,
  };
}
