import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

const ORDERS = `
import { cron, dag, param } from "millrace";
export const orders = dag("orders", { schedule: cron("@daily"), params: { region: param("eu", { type: "string" }) } }, ({ task, map }) => {
  const list = task("list", (_, { log }) => { log.info("three orders"); return [1, 2, 3]; });
  const doubled = map("double", { each: { n: list } }, ({ n }) => n * 2);
  task("sum", { input: { doubled } }, ({ doubled }) => doubled.reduce((a, b) => a + b, 0));
});
export const waits = dag("waits", ({ task }) => {
  task("wait", async (_, { log }) => { log.info("waiting for the end"); await new Promise((end) => setTimeout(end, 60_000)); });
});
export const broken = dag("broken", { defaults: { retries: 1 } }, ({ task }) => {
  task("mode", async (_, { render }) => await render("{{ test_mode }}"));
  task("fails", () => { console.log("about to fail"); throw new Error("the disk is full"); });
});
`;

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/orders.dag.ts": ORDERS });
});
afterAll(() => project[Symbol.asyncDispose]());

test("dags list shows the DAG files as they are, without a Millrace that runs", async () => {
  const { code, out } = await project.run("dags", "list", "-o", "json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([
    { dag_id: "broken", is_paused: false, version: 1 },
    { dag_id: "orders", file: "dags/orders.dag.ts", schedule: "Every day at 00:00 (UTC)" },
    { dag_id: "waits" },
  ]);
});

test("a table has a head and a line per row, and plain is the same without a frame", async () => {
  expect((await project.run("tasks", "list", "orders")).out.split("\n")[0]).toMatch(/^task_id +│ operator/);
  expect((await project.run("tasks", "list", "orders", "-o", "plain")).out).toMatch(
    /^task_id +operator .*\nlist +FunctionOperator /,
  );
});

test("a wrong DAG id is refused with the near one, the code and exit code 1, and nothing on standard output", async () => {
  const { code, out, err } = await project.run("dags", "trigger", "ordrs");
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toContain('there is no DAG "ordrs"');
  expect(err).toContain("Did you mean orders?");
  expect(err).toContain("(NOT_FOUND)");
  expect(err).not.toContain("    at ");
});

test("--debug adds where an error happened", async () => {
  expect((await project.run("dags", "trigger", "ordrs", "--debug")).err).toMatch(/\n +at /);
});

test("a wrong command is a wrong use and suggests the near one", async () => {
  const { code, err } = await project.run("dags", "lst");
  expect(code).toBe(2);
  expect(err).toContain("Did you mean list?");
  expect(err).toContain("`millrace dags --help` shows what there is.");
  expect(err).toContain("(BAD_ARGUMENT)");
});

test("conf that is not JSON is a wrong use", async () => {
  const { code, err } = await project.run("dags", "trigger", "orders", "-c", "{region: 1}");
  expect(code).toBe(2);
  expect(err).toContain("--conf is not JSON");
});

test("a param that does not fit its schema is refused with its name", async () => {
  const { code, err } = await project.run("dags", "trigger", "orders", "-c", '{"region": 7}');
  expect(code).toBe(2);
  expect(err).toContain("region");
  expect(err).toContain("(BAD_PARAM)");
});

test("trigger --wait says that nobody would run it, with exit code 3", async () => {
  const { code, err } = await project.run("dags", "trigger", "orders", "--wait");
  expect(code).toBe(3);
  expect(err).toContain("millrace start");
  expect(err).toContain("(NOT_RUNNING)");
});

test("a folder that is no project stays as it is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-no-project-"));
  const { code, err } = await project.run("dags", "list", "-C", folder);
  expect(code).toBe(2);
  expect(err).toContain("is no Millrace project");
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

test("dags test runs the DAG, shows each task, exits by its outcome and leaves no run behind", async () => {
  const { code, out, err } = await project.run("dags", "test", "orders", "2025-10-01");
  expect(err).toContain("orders manual__2025-10-01T00:00:00+00:00 success");
  expect(code).toBe(0);
  for (const task of ["list", "double[0]", "double[2]", "sum"]) expect(out).toContain(`✓ ${task} success`);
  expect(JSON.parse((await project.run("dags", "list-runs", "orders", "--json")).out)).toEqual([]);
});

test("dags test of a failing DAG retries at once and prints cause and log", async () => {
  const { code, out, err } = await project.run("dags", "test", "broken");
  expect(code).toBe(1);
  expect(out).toContain("✗ fails failed");
  expect(err).toContain("log of fails, try 2");
  expect(err).toContain("about to fail");
  expect(err).toContain("the disk is full");
});

test("tasks test runs one task with given inputs, prints its result and records nothing", async () => {
  const { code, out } = await project.run("tasks", "test", "orders", "sum", "-i", "doubled=[4, 5]");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toBe(9);
  expect((await project.run("tasks", "test", "orders", "double", "-i", "n=21")).out).toBe("42\n");
  expect((await project.run("tasks", "test", "broken", "mode")).out).toBe('"True"\n');
  expect(JSON.parse((await project.run("dags", "list-runs", "orders", "--json")).out)).toEqual([]);
});

test("tasks test without a value for an input names it and how to give it", async () => {
  const { code, err } = await project.run("tasks", "test", "orders", "sum");
  expect(code).toBe(2);
  expect(err).toContain("needs doubled");
  expect(err).toContain("--input 'doubled=<json>'");
});

test("tasks test of a failing task prints its log and exits 1", async () => {
  const { code, err } = await project.run("tasks", "test", "broken", "fails");
  expect(code).toBe(1);
  expect(err).toContain("about to fail");
  expect(err).toContain("✗ fails failed: Error: the disk is full");
});

test("a broken DAG file is listed with file and line, and exit code 1", async () => {
  await project.write(
    "dags/wrong.dag.ts",
    `import { dag } from "millrace";\n\nexport const x = dag("x", ({ task }) => { task("a", () => }) });\n`,
  );
  const { code, out } = await project.run("dags", "list-import-errors", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject([{ file: "dags/wrong.dag.ts", line: 3 }]);
  await rm(join(project.folder, "dags/wrong.dag.ts"));
  expect((await project.run("dags", "list-import-errors")).code).toBe(0);
});

test("config list says where each value came from", async () => {
  await project.write("millrace.json", '{ "executor": { "workers": 1 } }');
  const rows = JSON.parse((await project.run("config", "list", "--json")).out) as readonly { readonly name: string }[];
  const find = (name: string): unknown => rows.find((row) => row.name === name);
  expect(find("executor.workers")).toMatchObject({ value: 1, source: "millrace.json executor.workers" });
  expect(find("logs.level")).toMatchObject({ value: "info", source: "default", variable: "MILLRACE__LOGS__LEVEL" });
});

test("db migrate, asked again, has nothing to do", async () => {
  expect((await project.run("db", "migrate")).out).toContain("up to date");
});

test("the database of a command ends with it", async () => {
  await project.run("dags", "list");
  expect(existsSync(join(project.folder, ".millrace/postgres/cluster/postmaster.pid"))).toBe(false);
});

test("Ctrl-C ends a test of a task, and leaves neither a server nor a folder behind", async () => {
  await project.write("millrace.json", "{}");
  const temporary = await mkdtemp(join(tmpdir(), "millrace-ctrl-c-"));
  const running = project.launch(["tasks", "test", "waits", "wait"], { TMPDIR: temporary });
  await running.until(/waiting for the end/);
  running.process.kill("SIGINT");
  const { code, err } = await running.ended;
  expect(code).toBe(1);
  expect(err).toMatch(/\nstopped\n$/);
  expect(existsSync(join(project.folder, ".millrace/postgres/cluster/postmaster.pid"))).toBe(false);
  expect((await readdir(temporary)).filter((name) => name.startsWith("millrace"))).toEqual([]);
  await rm(temporary, { recursive: true });
});

test("a broken millrace.json is named with what is wrong, and version does without it", async () => {
  await project.write("millrace.json", '{ "core": null }');
  const { code, err } = await project.run("dags", "list");
  expect(code).toBe(2);
  expect(err).toContain('"core" must be a JSON object');
  expect(err).toContain("(BAD_CONFIG)");
  expect((await project.run("version")).code).toBe(0);
});
