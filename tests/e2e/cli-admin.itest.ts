import { chmod } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

const DAGS = `
import { dag } from "millrace";
export const hello = dag("hello", ({ task }) => { task("greet", () => "hello"); });
`;

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/hello.dag.ts": DAGS });
});
afterAll(() => project[Symbol.asyncDispose]());

async function rowsOf(...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await project.run(...args, "-o", "json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

describe("without a Millrace that runs", () => {
  test("db check-migrations waits for a schema that nobody has made, and says what to do", async () => {
    const { code, err } = await project.run("db", "check-migrations", "-t", "0");
    expect(code).toBe(1);
    expect(err).toMatch(/the schema is at version 0, and this program needs \d+/);
    expect(err).toContain("`millrace db migrate`");
    expect(err).toContain("(TIMEOUT)");
  });

  test("db migrate makes the schema, and db check-migrations is content", async () => {
    expect((await project.run("db", "migrate")).out).toMatch(/the schema went from version 0 to \d+/);
    expect((await project.run("db", "check-migrations")).code).toBe(0);
  });

  test("db check names what answers", async () => {
    const { code, out } = await project.run("db", "check");
    expect(code).toBe(0);
    expect(out).toMatch(/^the database can be reached: embedded PostgreSQL, PostgreSQL \d+\.\d+\n$/);
  });

  test("db check tries again, then exits 3", async () => {
    const env = { MILLRACE__DATABASE__URL: "postgresql://ada:hunter2@127.0.0.1:1/none" };
    const { code, err } = await project.launch(["db", "check", "--retry", "1", "--retry-delay", "0"], env).ended;
    expect(code).toBe(3);
    expect(err).toContain("Trying again in 0 s (1 of 1).");
    expect(err).toContain("(NO_DATABASE)");
    expect(err).not.toContain("hunter2");
  });

  test("jobs check finds no scheduler, with exit code 3, and jobs list is empty", async () => {
    const { code, err } = await project.run("jobs", "check");
    expect(code).toBe(3);
    expect(err).toContain("no scheduler lives on this database");
    expect(err).toContain("(NOT_RUNNING)");
    expect(await rowsOf("jobs", "list")).toEqual([]);
  });

  test("db shell gives psql its arguments, and the way in by the environment, where no list of processes shows it", async () => {
    await project.write("bin/psql", `#!/bin/sh\necho "$* by $PGUSER $PGPASSWORD $PGPORT $PGDATABASE"\nexit $CODE\n`);
    await chmod(join(project.folder, "bin/psql"), 0o755);
    const fake = { PATH: `${project.folder}/bin`, CODE: "0" };
    const embedded = await project.launch(["db", "shell", "--", "-c", "select 1"], fake).ended;
    expect(embedded).toEqual({ code: 0, out: "-c select 1 by millrace  5432 millrace\n", err: "" });
    const env = { ...fake, CODE: "2", MILLRACE__DATABASE__URL: "postgresql://ada:hunter2@127.0.0.1:1/none" };
    expect(await project.launch(["db", "shell"], env).ended).toMatchObject({
      code: 1,
      out: " by ada hunter2 1 none\n",
    });
  });

  test("without psql, db shell says how to get it or the URL", async () => {
    const { code, err } = await project.launch(["db", "shell"], { PATH: "/nowhere" }).ended;
    expect(code).toBe(1);
    expect(err).toContain("psql is not on the path");
    expect(err).toContain("`millrace db shell --print-url`");
    const { out } = await project.run("db", "shell", "--print-url");
    expect(out).toMatch(/^postgresql:\/\/millrace@\/millrace\?host=/);
  });

  test("config list shows one section, defaults and descriptions", async () => {
    await project.write("millrace.json", '{ "executor": { "workers": 1 } }');
    const rows = (await rowsOf("config", "list", "--section", "executor", "-d")) as readonly Record<string, unknown>[];
    expect(rows.every(({ name }) => String(name).startsWith("executor."))).toBe(true);
    expect(rows).toContainEqual({
      name: "executor.workers",
      value: 1,
      source: "millrace.json executor.workers",
      variable: "MILLRACE__EXECUTOR__WORKERS",
      fits: "a whole number from 1 to 64",
      description: "Worker processes that share the tries.",
    });
    const defaults = (await rowsOf("config", "list", "--defaults")) as readonly Record<string, unknown>[];
    expect(defaults.find(({ name }) => name === "core.dagFolders")).toMatchObject({ value: ["dags"] });
  });

  test("config get-value prints the value alone, by any spelling; a wrong name is told the near one", async () => {
    expect((await project.run("config", "get-value", "executor", "grace_ms")).out).toBe("5000\n");
    expect((await project.run("config", "get-value", "executor.graceMs")).out).toBe("5000\n");
    const { code, err } = await project.run("config", "get-value", "executor", "gracems");
    expect(code).toBe(1);
    expect(err).toContain("Did you mean executor.graceMs");
  });

  test("db reset asks first, and then begins anew", async () => {
    await project.run("variables", "set", "region", "eu");
    const refused = await project.run("db", "reset");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("without a terminal to ask, say --yes");
    expect((await project.run("variables", "get", "region")).out).toBe("eu\n");
    expect((await project.run("db", "reset", "-y")).out).toContain("the schema is new");
    expect(await rowsOf("variables", "list")).toEqual([]);
  });
});

describe("while a Millrace runs", () => {
  beforeAll(async () => {
    await project.start();
  });

  test("jobs check and list find it", async () => {
    const { code, out } = await project.run("jobs", "check", "--local");
    expect(code).toBe(0);
    expect(out).toMatch(/^scheduler \d+ lives: process \d+ on /);
    expect((await project.run("jobs", "check", "--hostname", "elsewhere")).code).toBe(3);
    expect(await rowsOf("jobs", "list", "--state", "running")).toMatchObject([
      { job_type: "SchedulerJob", state: "running", hostname: hostname() },
    ]);
    expect(await rowsOf("dags", "list-jobs", "-d", "hello")).toMatchObject([{ state: "running" }]);
  });

  test("db reset is refused, and nothing is lost", async () => {
    const { code, err } = await project.run("db", "reset", "--yes");
    expect(code).toBe(1);
    expect(err).toContain("a Millrace runs on this database");
    expect(err).toContain("(CONFLICT)");
    expect(await rowsOf("dags", "list", "--columns", "dag_id")).toEqual([{ dag_id: "hello" }]);
  });
});
