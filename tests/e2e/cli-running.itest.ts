import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject, type Started } from "../harness/cli-project.ts";

const DAGS = `
import { existsSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
export const hello = dag("hello", ({ task }) => {
  const name = task("name", () => "Ada");
  task("greet", { input: { name } }, ({ name }, { log }) => { log.info("hello " + name, { name }); return "hello " + name; });
});
/** Fails until somebody makes the file. */
export const flaky = dag("flaky", ({ task }) => {
  const first = task("first", () => 1);
  task("second", { input: { first } }, () => { if (!existsSync(process.env.TMPDIR + "/nothing")) throw new Error("not yet"); });
});
/** Begins when somebody makes the file. */
export const late = dag("late", ({ task }) => {
  const first = task("first", async (_, { signal }) => {
    while (!existsSync(import.meta.dirname + "/../go")) await sleep(20, undefined, { signal });
  });
  const second = task("second", { after: [first] }, (_, { log }) => { log.info("second runs"); });
  const bad = task("bad", { after: [second] }, () => { throw new Error("no luck"); });
  task("below", { after: [bad] }, () => undefined);
});
/** Looks until somebody makes the file. */
export const looks = dag("looks", ({ sensor }) => {
  sensor("found", { mode: "reschedule", every: "1s", timeout: "100s" }, (_, { log }) => {
    const isThere = existsSync(import.meta.dirname + "/../found");
    log.info(isThere ? "it is there" : "it is not there");
    return isThere;
  });
});
/** Ends only when it is told to stop. */
export const endless = dag("endless", ({ task }) => {
  task("wait", async (_, { signal, log }) => { log.info("waiting for the end"); await once(signal, "abort"); throw new Error("told to stop"); });
});
`;

let project: CliProject;
let started: Started;

beforeAll(async () => {
  project = await cliProject({
    "millrace.json": JSON.stringify({
      core: { triggerOnStart: ["hello", "helo"] },
      executor: { drainMs: 60_000, graceMs: 500 },
    }),
    "dags/all.dag.ts": DAGS,
    "dags/wrong.dag.ts": `import { dag } from "millrace";\nexport const wrong = dag("wrong", () => { throw new Error("no such table"); });\n`,
  });
  started = await project.start();
});
afterAll(() => project[Symbol.asyncDispose]());

test("start says what runs, where, and which files cannot be loaded", async () => {
  const banner = started.output();
  expect(banner).toMatch(/database +embedded PostgreSQL/);
  expect(banner).toMatch(/DAGs +5 in dags/);
  expect(banner).toMatch(/import error dags\/wrong\.dag\.ts:2:\d+: .*no such table/);
});

test("start triggers a configured DAG that has never run, says so, and says which name is wrong", async () => {
  await started.until(/triggered hello: it has never run/);
  await started.until(/core\.triggerOnStart names helo.*Did you mean hello\?/);
  await started.until(/✓ hello manual__\S+ success in .*2 success/);
});

test("a second start in the folder is refused", async () => {
  const { code, err } = await project.run("start");
  expect(code).toBe(1);
  expect(err).toContain("(DATA_FOLDER_IN_USE)");
});

test("trigger --wait follows the run and exits 0", async () => {
  const { code, out, err } = await project.run("dags", "trigger", "hello", "--wait", "-r", "by-hand", "--json");
  expect(code).toBe(0);
  expect(err).toContain("✓ greet success");
  expect(JSON.parse(out)).toMatchObject([{ run_id: "by-hand", state: "success" }]);
});

test("a run id that is taken is a conflict", async () => {
  const { code, err } = await project.run("dags", "trigger", "hello", "-r", "by-hand");
  expect(code).toBe(1);
  expect(err).toContain("(CONFLICT)");
});

test("tasks logs prints the log of the named run", async () => {
  expect((await project.run("tasks", "logs", "hello", "greet", "by-hand")).out).toMatch(
    /INFO +hello Ada \{"name":"Ada"\}/,
  );
});

test("tasks test takes the inputs that are not given from the newest run", async () => {
  const { out, err } = await project.run("tasks", "test", "hello", "greet");
  expect(err).toContain("by-hand");
  expect(out).toBe('"hello Ada"\n');
});

test("a failure is told with its cause and the command that shows its log", async () => {
  const { code, err } = await project.run("dags", "trigger", "flaky", "--wait", "-r", "first");
  expect(code).toBe(1);
  expect(err).toContain("✗ second failed");
  expect(err).toContain("not yet");
  await started.until(/✗ flaky\.second try 1 failed: .*not yet\n +millrace tasks logs flaky second first --try 1/);
});

test("states-for-dag-run gives every task instance with its cause", async () => {
  const rows = JSON.parse(
    (await project.run("tasks", "states-for-dag-run", "flaky", "first", "--json")).out,
  ) as unknown;
  expect(rows).toMatchObject([
    { task_id: "first", state: "success", map_index: -1 },
    { task_id: "second", state: "failed", try_number: 1, cause: expect.stringContaining("not yet") as string },
  ]);
});

test("tasks clear shows what it would do, asks, and then lets it run again", async () => {
  const shown = await project.run("tasks", "clear", "flaky", "--run", "first", "-f", "--dry-run");
  expect(shown.out).toContain("second: failed → none");
  expect(shown.out).not.toContain("first: ");
  expect((await project.run("tasks", "clear", "flaky", "--run", "first")).code).toBe(2);
  expect((await project.run("tasks", "clear", "flaky", "--run", "first", "-f", "-y")).code).toBe(0);
  await started.until(/✗ flaky\.second try 2 failed/);
});

test("tasks logs --follow waits until the task is started; without that it says how to, and a task that never was says why", async () => {
  await project.run("dags", "trigger", "late", "-r", "slow");
  const following = project.launch(["tasks", "logs", "late", "second", "slow", "--follow"]);
  await following.until(/waiting until second is started/);
  const early = await project.run("tasks", "logs", "late", "second", "slow");
  expect(early.code).toBe(1);
  expect(early.err).toContain("With --follow");
  await project.write("go", "");
  expect((await following.ended).out).toContain("second runs");
  await started.until(/late slow failed/);
  const never = await project.run("tasks", "logs", "late", "below", "slow", "--follow");
  expect(never.code).toBe(1);
  expect(never.err).toMatch(/ended upstream_failed without being started.*an upstream task did not succeed/);
});

test("tasks logs --follow goes on with a sensor that looks again and again, each line once", async () => {
  await project.run("dags", "trigger", "looks", "-r", "soon");
  const following = project.launch(["tasks", "logs", "looks", "found", "soon", "--follow"]);
  await following.until(/it is not there\n(.*\n)*.*it is not there/);
  await project.write("found", "");
  const { out } = await following.ended;
  expect(out.match(/it is there/g)).toHaveLength(1);
  const whole = await project.run("tasks", "logs", "looks", "found", "soon");
  expect(out).toBe(whole.out);
});

test("a changed DAG file is told of and used", async () => {
  await project.write("dags/all.dag.ts", DAGS.replace('"hello " + name; }', '"good day " + name; }'));
  await started.until(/dag hello is now version 2/);
});

test("a paused DAG makes no run until it is unpaused", async () => {
  expect((await project.run("dags", "pause", "hello")).err).toContain("hello is paused");
  const { err } = await project.run("dags", "trigger", "hello", "-r", "waits");
  expect(err).toContain("millrace dags unpause hello");
  expect(
    JSON.parse((await project.run("dags", "list-runs", "hello", "--state", "queued", "--json")).out),
  ).toMatchObject([{ run_id: "waits" }]);
  await project.run("dags", "unpause", "hello");
  await started.until(/✓ hello waits success/);
});

test("the first signal drains and says what it waits for, the second stops now, and the run goes on at the next start", async () => {
  await project.run("dags", "trigger", "endless", "-r", "long");
  await started.until(/▶ endless long started/);
  expect((await project.run("tasks", "logs", "endless", "wait", "long", "-f", "--try", "9")).code).toBe(1);
  started.process.kill("SIGINT");
  await started.until(/stopping: waiting for 1 running try \(endless\.wait\), up to 60 s/);
  await expect
    .poll(() => {
      started.process.kill("SIGINT");
      return started.output();
    })
    .toContain("stopping now");
  const ended = await started.stop();
  expect(ended.code).toBe(0);
  started = await project.start();
  await started.until(/▶ endless long goes on/);
});
