// Every way in which a DAG file can fail to load, side by side with a good one that must not care.
import { afterEach, beforeEach, expect, test } from "vitest";
import { dagText, makeDagProject, type DagProject } from "./testing/dag-project.ts";

let project: DagProject;
beforeEach(() => {
  project = makeDagProject({ loadLimitMs: 3_000, loadMemoryMb: 96 });
  project.write("dags/good.dag.ts", dagText("good"));
});
afterEach(() => project.close());

async function loadBad(text: string): Promise<{ message: string; line?: number; column?: number; stack?: string }> {
  project.write("dags/bad.dag.ts", text);
  await project.processor.scanOnce();
  const good = await project.saved("dags/good.dag.ts");
  expect(good.dags.map((dag) => dag.dagId)).toEqual(["good"]);
  expect(good.errors).toEqual([]);
  const bad = await project.saved("dags/bad.dag.ts");
  expect(bad.dags).toEqual([]);
  expect(bad.errors).toHaveLength(1);
  return bad.errors[0];
}

test("a syntax error has its line, column and code frame", async () => {
  const error = await loadBad(`const a = 1;\nconst b = = 2;\n`);
  expect(error).toMatchObject({ line: 2, column: 11 });
  expect(error.message).toMatch(/Unexpected "="/);
  expect(error.message).toContain("> 2 | const b = = 2;\n    |           ^");
});

test("an import that does not exist names the path", async () => {
  const error = await loadBad(`import { x } from "./missing.ts";\nconsole.log(x);\n`);
  expect(error.message).toContain('Could not resolve "./missing.ts"');
  expect(error.line).toBe(1);
});

test("an error in an imported file is placed there", async () => {
  project.write("dags/lib/half.ts", "export const half = {;\n");
  const error = await loadBad(`import { half } from "./lib/half.ts";\nconsole.log(half);\n`);
  expect(error.message).toContain(`in ${project.path("dags/lib/half.ts")}: `);
  expect(error.line).toBe(1);
});

test("top-level await says that it is top-level await", async () => {
  const error = await loadBad(`import { dag } from "@millrace/core";\nawait Promise.resolve(1);\n`);
  expect(error.message).toMatch(/^top-level await is not possible in a DAG file/);
  expect(error.line).toBe(2);
});

test("a throw while loading has the line of the source, not of the bundle", async () => {
  const error = await loadBad(`interface Unused {\n  readonly a: number;\n}\n\nthrow new TypeError("no luck");\n`);
  expect(error).toMatchObject({ line: 5, column: 7 });
  expect(error.message).toMatch(/^TypeError: no luck\n/);
  expect(error.stack).toContain("bad.dag.ts:5:7");
});

test("a mistake in a DAG names the DAG, the task and the line", async () => {
  const error = await loadBad(dagText("bad", `task("one", () => 1);\n  task("one", () => 2);`));
  expect(error.message).toMatch(/DAG bad, task one: /);
  expect(error.line).toBe(4);
});

test("a package that is not installed is asked for", async () => {
  const error = await loadBad(`import { x } from "not-there";\nconsole.log(x);\n`);
  expect(error.message).toMatch(/Cannot find module 'not-there'; is the package installed/);
});

test("a package with top-level await says how to load it", async () => {
  project.install("slow-start", {
    "package.json": `{ "name": "slow-start", "type": "module", "exports": "./index.js" }`,
    "index.js": "export const value = await Promise.resolve(1);\n",
  });
  const error = await loadBad(`import { value } from "slow-start";\nconsole.log(value);\n`);
  expect(error.message).toMatch(/uses top-level await/);
});

test("a builder that gives another graph each time shows the difference", async () => {
  const error = await loadBad("let count = 0;\n" + dagText("bad", "task(`step_${count++}`, () => 1);"));
  expect(error.message).toContain('tasks[0].taskId: "step_0" and then "step_1"');
});

test("an endless loop is stopped at the limit", async () => {
  const error = await loadBad("for (;;);\n");
  expect(error.message).toMatch(/takes longer than 3 s/);
});

test("process.exit ends only the loader and is named with its line", async () => {
  const error = await loadBad(`console.log("going");\nprocess.exit(3);\n`);
  expect(error.message).toMatch(/calls process\.exit\(3\)/);
  expect(error.line).toBe(2);
});

test("memory without end is stopped at the limit", async () => {
  const error = await loadBad("const all: unknown[] = [];\nfor (;;) all.push(new Array(1_000).fill(all.length));\n");
  expect(error.message).toMatch(/needs more than 96 MB of memory/);
});

test("memory outside the heap is stopped at the limit too", async () => {
  const error = await loadBad("const all: Buffer[] = [];\nfor (;;) all.push(Buffer.alloc(1_000_000, 1));\n");
  expect(error.message).toMatch(/needs more than 96 MB of memory/);
});

test("a loader that is killed is told with its signal", async () => {
  const error = await loadBad(`process.kill(process.pid, "SIGKILL");\nfor (;;);\n`);
  expect(error.message).toMatch(/was ended by SIGKILL/);
});

test("an error that one file leaves behind is not blamed on the next", async () => {
  project.write("dags/late.dag.ts", `setTimeout(() => { throw new Error("late"); }, 0);\n${dagText("late")}`);
  for (let n = 0; n < 20; n += 1) project.write(`dags/n${n}.dag.ts`, dagText(`n${n}`));
  await project.processor.scanOnce();
  const files = project.saves[0].files.filter(({ file }) => !file.endsWith("late.dag.ts"));
  expect(files.flatMap(({ errors }) => errors)).toEqual([]);
  expect(files.flatMap(({ dags }) => dags)).toHaveLength(21);
});

test("one broken DAG of a file leaves its others alone", async () => {
  const text = `import { dag } from "@millrace/core";
export const fine = dag("fine", ({ task }) => void task("one", () => 1));
export const broken = dag("broken", () => { throw new Error("not this one"); });\n`;
  project.write("dags/bad.dag.ts", text);
  await project.processor.scanOnce();
  const found = await project.saved("dags/bad.dag.ts");
  expect(found.dags.map((dag) => dag.dagId)).toEqual(["fine"]);
  expect(found.errors.map((error) => error.line)).toEqual([3]);
});
