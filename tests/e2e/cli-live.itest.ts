import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";
import { openSession } from "../harness/pseudo-terminal.ts";

const DAGS = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
/** Goes on when somebody makes the file. */
const gate = async (name: string, signal: AbortSignal) => {
  while (!existsSync(import.meta.dirname + "/../" + name)) await sleep(20, undefined, { signal });
};
export const held = dag("held", ({ task, map }) => {
  const list = task("list", async (_, { log, signal }) => {
    log.info("the list is long");
    await gate("go", signal);
    return [1, 2, 3];
  });
  const each = map("each", { each: { n: list } }, ({ n }: { n: number }) => n);
  task("sum", { input: { each } }, ({ each }) => each.length);
});
export const endless = dag("endless", ({ task }) => {
  task("wait", (_, { signal }) => gate("never", signal));
});
export const broken = dag("broken", ({ task }) => {
  task("fails", { retries: 1, retryDelay: "1s" }, (_, { log }) => {
    for (let line = 1; line <= 30; line += 1) log.info("line " + line + ".");
    throw new Error("the disk is full");
  });
  task("fine", (_, { log }) => log.info("all is well"));
});
`;

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/all.dag.ts": DAGS });
});
afterAll(() => project[Symbol.asyncDispose]());

test("in a terminal, dags test draws a tree that changes in place, and its last tree stays", async () => {
  const session = openSession(project.folder, "dags", "test", "held");
  await session.until(/held manual__\S+ running/);
  await session.until(/list running \d+ m?s\n {4}· each\n {6}· sum\n {2}l shows logs · q stops/);
  expect(session.shown()).not.toContain("the list is long");
  session.press("l");
  await session.until(/list │ \S+ INFO +the list is long\n/);
  await session.until(/l hides logs/);
  await project.write("go", "");
  await session.until(/✓ list success/);
  expect(await session.ended).toBe(0);
  expect(session.shown()).toMatch(/\u001b\[\d+A\u001b\[J/);
  expect(session.shown()).toMatch(/✓ each\[2\] success.*\n +✓ sum success.*\n✓ held manual__\S+ success in/);
});

test.each([
  ["q", "q"],
  ["Ctrl-C", "\u0003"],
])("%s stops the test: exit code 1", async (_, key) => {
  const session = openSession(project.folder, "dags", "test", "endless");
  await session.until(/wait running/);
  session.press(key);
  await session.until(/stopped before the run has ended\n {2}▶ wait running/);
  expect(await session.ended).toBe(1);
});

test("a wait for the next try counts down, and a task that fails ends with its error and the last lines of its log", async () => {
  const session = openSession(project.folder, "dags", "test", "broken");
  await session.until(/↻ fails up_for_retry try 1 of 2 again (in \d+ s|now)/);
  expect(await session.ended).toBe(1);
  const [, end] = session.shown().split("log of fails, try 2");
  expect(end).toMatch(/… 11 earlier lines: --logs fails prints all/);
  expect(end).toContain("line 30.");
  expect(end).not.toContain("line 11.");
  expect(end).toMatch(/✗ fails failed.*: Error: the disk is full/);
});

test("tasks test shows what runs below its log; l hides that, q stops it", async () => {
  const session = openSession(project.folder, "tasks", "test", "endless", "wait");
  await session.until(/wait running .*\n {2}l hides the log · q stops/);
  session.press("l");
  await session.until(/l shows the log/);
  session.press("q");
  expect(await session.ended).toBe(1);
  expect(session.shown()).toMatch(/stopped\n$/);
});

test("without a terminal there are lines, and --logs prints those of one task or of all while they come", async () => {
  const one = await project.run("dags", "test", "broken", "--logs", "fine");
  expect(one.code).toBe(1);
  expect(one.err).toMatch(/fine │ \S+ INFO +all is well/);
  expect(one.err).not.toContain("fails │");
  expect(one.err).toContain("log of fails, try 2");
  expect(one.err).not.toContain("\u001b");
  const all = await project.run("dags", "test", "broken", "--logs");
  expect(all.err.match(/fails │ \S+ INFO +line 30\./g)).toHaveLength(1);
  expect(all.err.match(/fails try 2 │ \S+ INFO +line 30\./g)).toHaveLength(1);
  expect(all.err).not.toContain("log of fails");
});

test("--logs of a task that is none says which there are, before anything runs", async () => {
  const { code, err } = await project.run("dags", "test", "broken", "--logs", "fain");
  expect(code).toBe(1);
  expect(err).toContain('the DAG broken has no task "fain"');
  expect(err).toContain("There are fails, fine.");
});

test("trigger --wait draws the same tree", async () => {
  const started = await project.start();
  const session = openSession(project.folder, "dags", "trigger", "held", "--wait", "-r", "watched");
  expect(await session.ended).toBe(0);
  expect(session.shown()).toMatch(/held watched (running|success|waiting for its turn)/);
  expect(session.shown()).toMatch(/✓ sum success.*\n✓ held watched success in/);
  await started.stop();
});
