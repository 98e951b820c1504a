import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

const hello = (greeting: string): string => `
import { dag } from "millrace";
export const hello = dag("hello", ({ task }) => { task("greet", (_, { log }) => { log.info(${JSON.stringify(greeting)}); }); });
`;

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/hello.dag.ts": hello("good morning") });
});
afterAll(() => project[Symbol.asyncDispose]());

test("dag-processor --num-runs reads files once; exit code 1 and the place when one cannot be loaded", async () => {
  const { code, out } = await project.run("dag-processor", "-n", "1");
  expect(code).toBe(0);
  expect(out).toContain("1 DAG in");
  await project.write(
    "dags/broken.dag.ts",
    `import { dag } from "millrace";\nexport const b = dag("b", () => { throw new Error("no such table"); });\n`,
  );
  const broken = await project.run("dag-processor", "--num-runs", "1");
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/dags\/broken\.dag\.ts:2:\d+: .*no such table/);
});

test("two schedulers and a DAG processor share one database, and runs are made by the other one when one stops", async () => {
  const processor = project.launch(["dag-processor"]);
  const first = project.launch(["scheduler"]);
  const second = project.launch(["scheduler"]);
  await processor.until(/DAG files that change are read again/);
  await first.until(/scheduler \d+ on embedded PostgreSQL/);
  await second.until(/scheduler \d+ on embedded PostgreSQL/);
  const jobs = await project.run("jobs", "check", "--limit", "0", "--allow-multiple");
  expect(jobs.out.match(/lives/g)).toHaveLength(2);
  expect((await project.run("jobs", "check", "--limit", "0")).err).toContain("2 schedulers live, and one was expected");

  expect(await project.run("dags", "trigger", "hello", "--wait")).toMatchObject({ code: 0 });

  await project.write("dags/hello.dag.ts", hello("good evening"));
  await processor.until(/hello.*version 2/);
  first.process.kill("SIGTERM");
  expect(await first.ended).toMatchObject({ code: 0 });
  expect(await project.run("dags", "trigger", "hello", "--wait", "-r", "later")).toMatchObject({ code: 0 });
  expect((await project.run("tasks", "logs", "hello", "greet", "later")).out).toContain("good evening");

  second.process.kill("SIGTERM");
  processor.process.kill("SIGTERM");
  expect(await second.ended).toMatchObject({ code: 0 });
  expect(await processor.ended).toMatchObject({ code: 0 });
});
