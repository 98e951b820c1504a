// The standard operators that run processes, on the real engine: what they leave in results and logs, and that they leave no process behind.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causeOf, linesOf, resultOf } from "../harness/task-facts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-processes-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The pid that a command has written, once it has. */
async function pidIn(name: string): Promise<number> {
  const file = join(folder, name);
  await expect
    .poll(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"), { timeout: 20_000 })
    .toBe(true);
  return Number(readFileSync(file, "utf8"));
}

function lives(pid: number): boolean {
  try {
    // A zombie, whose parent has not looked yet, lives no more.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Writes the pids of a shell, of a process below it that ignores SIGTERM, and of one that has left the process group. */
const STUBBORN = `
  setsid bash -c 'echo $$ > apart; sleep 1000' &
  (trap "" TERM; echo $BASHPID > stubborn; while :; do sleep 0.05; done) &
  echo $$ > shell; sleep 1000`;

const LONG = (options: string): string => `
import { bash, dag } from "millrace";
export const long = dag("long", ({ task }) => {
  task("runs", { ${options} }, bash({ command: ${JSON.stringify(STUBBORN)}, cwd: ${JSON.stringify(folder)}, grace: "200ms" }));
});`;

async function stubbornPids(): Promise<readonly number[]> {
  return await Promise.all(["shell", "stubborn"].map(pidIn));
}

async function expectNoneLives(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(lives), { timeout: 10_000 }).toEqual([]);
}

/** Everything that a dispatch of the engine has running, by what workers pass on to their children. */
function processesIn(workFolder: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(workFolder);
      } catch {
        return false;
      }
    });
}

test("results flow from command to script to command, through templates, and lines carry their source", async () => {
  await using engine = await startEngine();
  await engine.deploy(`
import { bash, dag, python, variable } from "millrace";
export const flow = dag("flow", { params: { table: "orders" } }, ({ task, map, params }) => {
  const count = task("count", bash({ command: "echo counting {{ params.table }} >&2; echo '{\\"rows\\": 3}'", result: "json" }));
  const double = task("double", python({
    source: \`
      import json, os, sys
      given = json.load(sys.stdin)
      print("day", sys.argv[1])
      json.dump([n * 2 for n in range(given["rows"])], open(os.environ["MILLRACE_RESULT_FILE"], "w"))
    \`,
    input: count, args: ["{{ ds }}"], result: "json",
  }));
  task("show", bash({ command: ["printf", "%s %s %s", "{{ params.table }}", params.table, "{{ run_id }}"], env: { KEY: variable("api_key") } }));
  task("leak", bash({ command: "echo $KEY", env: { KEY: variable("api_key") }, result: "none" }));
});`);
  await engine.store.queries.setVariable({ key: "api_key", value: "hunter2hunter2", secret: true });
  const { runId, runKey } = await engine.trigger("flow", { logicalDate: 1_759_276_800_000_000 });
  expect(await engine.ended(runId)).toBe("success");
  expect(await resultOf(engine, runId, "double")).toEqual([0, 2, 4]);
  expect(await resultOf(engine, runId, "show")).toBe(`orders orders ${runKey}`);
  // Two streams have no order among each other.
  const counted = (await linesOf(engine, runId, "count")).map(({ level, source, msg }) => [level, source, msg]);
  expect(counted.sort()).toEqual([
    ["info", "stdout", '{"rows": 3}'],
    ["warn", "stderr", "counting orders"],
  ]);
  expect(await linesOf(engine, runId, "double")).toMatchObject([{ source: "stdout", msg: "day 2025-10-01" }]);
  expect(await linesOf(engine, runId, "leak")).toMatchObject([{ msg: "***" }]);
});

test("an option that does not fit fails the try with its name", async () => {
  await using engine = await startEngine();
  await engine.deploy(`
import { bash, dag, jsonVariable } from "millrace";
export const wrong = dag("wrong", ({ task }) => { task("t", bash({ command: "true", cwd: jsonVariable("cwd") })); });`);
  await engine.store.queries.setVariable({ key: "cwd", value: "7", secret: false });
  const { runId } = await engine.trigger("wrong");
  expect(await engine.ended(runId)).toBe("failed");
  expect(await causeOf(engine, runId, "t")).toContain("options of BashOperator: cwd must be string");
});

test("an execution timeout leaves no process behind", async () => {
  await using engine = await startEngine();
  await engine.deploy(LONG('executionTimeout: "700ms"'));
  const { runId } = await engine.trigger("long");
  const pids = await stubbornPids();
  expect(await engine.ended(runId)).toBe("failed");
  expect(await causeOf(engine, runId, "runs")).toContain("execution timeout");
  await expectNoneLives(pids);
});

test("a task that is marked while it runs leaves no process behind", async () => {
  await using engine = await startEngine();
  await engine.deploy(LONG(""));
  const { runId, runKey } = await engine.trigger("long");
  const pids = await stubbornPids();
  await engine.send("long", { kind: "markTasks", runKey, select: { taskIds: ["runs"] }, state: "success" });
  expect(await engine.ended(runId)).toBe("success");
  await expectNoneLives(pids);
});

test("a worker that is killed takes with it what its tasks have started, also what has left the process group", async () => {
  await using engine = await startEngine();
  await engine.deploy(LONG(""));
  const { runId } = await engine.trigger("long");
  const pids = [...(await stubbornPids()), await pidIn("apart")];
  process.kill(workerOf(pids[0]), "SIGKILL");
  expect(await engine.ended(runId)).toBe("failed");
  await expectNoneLives(pids);
});

test("an engine that stops leaves no process behind", async () => {
  let pids: readonly number[];
  {
    await using engine: EngineHarness = await startEngine();
    await engine.deploy(LONG(""));
    await engine.trigger("long");
    pids = [...(await stubbornPids()), await pidIn("apart")];
  }
  await expectNoneLives(pids);
  expect(processesIn(folder)).toEqual([]);
});

function workerOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}
