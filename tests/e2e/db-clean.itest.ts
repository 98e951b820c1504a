import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { openPool, type DatabasePool } from "@millrace/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "@millrace/store/testing";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

const DAGS = `
import { dag } from "millrace";
export const hello = dag("hello", ({ task }) => {
  task("greet", async (_, { xcom }) => { await xcom.push("note", 'a "quoted", text'); return "hello"; });
});
`;

let database: TestDatabase;
let project: CliProject;
let sql: DatabasePool;
beforeAll(async () => {
  database = await testDatabase();
  project = await cliProject(
    { "millrace.json": "{}", "dags/hello.dag.ts": DAGS },
    { MILLRACE__DATABASE__URL: database.url },
  );
  sql = await openPool({ url: database.url, max: 2 });
  const running = await project.start();
  for (const id of ["first", "second", "third"])
    expect((await project.run("dags", "trigger", "hello", "-r", id, "--wait")).code).toBe(0);
  await running.stop();
  await sql.query("update millrace.dag_run set ended_at = now() - interval '30 days' where run_key <> 'third'");
});
afterAll(async () => {
  await sql.close();
  await project[Symbol.asyncDispose]();
  await database.drop();
});

async function runKeys(): Promise<unknown[]> {
  return (await sql.query<{ run_key: string }>("select run_key from millrace.dag_run order by run_id")).rows.map(
    (row) => row.run_key,
  );
}

const BEFORE = ["db", "clean", "--clean-before-timestamp"] as const;

test("a dry run counts, and changes nothing", async () => {
  const { code, out } = await project.run(...BEFORE, "2100-01-01", "--dry-run", "-o", "json");
  expect({ code, rows: JSON.parse(out) as unknown }).toEqual({
    code: 0,
    rows: [
      { table: "dag_run", rows: 2 },
      { table: "asset_event", rows: 0 },
    ],
  });
  expect(await runKeys()).toEqual(["first", "second", "third"]);
  expect((await project.run(...BEFORE, "2100-01-01")).code).toBe(2);
  expect((await project.run(...BEFORE, "2100-01-01", "-t", "xcoms", "-y")).err).toContain("Did you mean xcom?");
});

test("a part of the history goes alone, and what ended later stays", async () => {
  const cut = new Date(Date.now() - 86_400_000).toISOString();
  expect((await project.run(...BEFORE, cut, "-t", "xcom", "-y")).err).toContain("xcom: 2 deleted");
  expect(await runKeys()).toEqual(["first", "second", "third"]);
  expect((await sql.query("select run_id from millrace.xcom")).rowCount).toBe(1);
});

test("the audit goes up to an instant when it is named, and keeps that it was cleaned", async () => {
  await sql.query(
    "insert into millrace.audit_entry (at, event, by, from_address) select '2020-01-01'::timestamptz + i * interval '1 day', 'old', 'user:ada', 'here' from generate_series(0, 2) i",
  );
  const { err } = await project.run(...BEFORE, "2020-01-03", "-t", "audit_entry", "-y");
  expect(err).toContain("audit_entry: 2 deleted");
  expect((await project.run(...BEFORE, "2100-01-01", "-t", "audit_entry", "-y")).err).toContain(
    "audit_entry: 1 deleted",
  );
  const { rows } = await sql.query<{ extra: string }>(
    "select extra from millrace.audit_entry where event = 'cli.db.clean' and extra like '%audit_entry%' order by audit_id",
  );
  expect(rows.map(({ extra }) => JSON.parse(extra) as unknown)).toEqual([
    { tables: ["audit_entry"], before: expect.stringMatching(/^2020-01-03T/) as string },
    { tables: ["audit_entry"], before: expect.stringMatching(/^2100-01-01T/) as string },
  ]);
});

test("runs go with all they have, and their archives can be read, exported and dropped", async () => {
  expect(await project.run(...BEFORE, "2100-01-01", "-y")).toMatchObject({
    code: 0,
    err: expect.stringContaining("dag_run: 2 deleted") as string,
  });
  expect(await runKeys()).toEqual(["third"]);
  expect((await sql.query("select distinct run_id from millrace.task_instance")).rowCount).toBe(1);
  expect((await project.run("db", "export-archived", "--output-path", "out")).code).toBe(0);
  const csv = (await readFile(join(project.folder, "out/dag_run.csv"), "utf8")).trimEnd().split("\n");
  expect(csv[0]).toMatch(/^run_id,dag_id,run_key,/);
  expect(csv.slice(1).map((line) => line.split(",")[2])).toEqual(["first", "second"]);
  // The value is JSON text, in which quotes are escaped; in a field of CSV they are doubled.
  expect(await readFile(join(project.folder, "out/xcom.csv"), "utf8")).toContain(
    String.raw`"""a \""quoted\"", text"""`,
  );
  await mkdir(join(project.folder, "taken/dag_run.csv"), { recursive: true });
  for (const path of ["taken", "out/dag_run.csv"])
    expect(await project.run("db", "export-archived", "--output-path", path)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^error: .*dag_run\.csv cannot be written: .*\n.*\(BAD_ARGUMENT\)\n$/) as string,
    });
  const jsonl = await project.run(
    "db",
    "export-archived",
    "--output-path",
    "out",
    "--export-format",
    "jsonl",
    "-t",
    "xcom",
    "--drop-archives",
    "-y",
  );
  expect(jsonl.code).toBe(0);
  const [line = ""] = (await readFile(join(project.folder, "out/xcom.jsonl"), "utf8")).split("\n");
  expect(JSON.parse(line)).toMatchObject({ task_id: "greet", key: "note", json: String.raw`"a \"quoted\", text"` });
  const archives = join(project.folder, ".millrace/archives");
  const [left, ...more] = await readdir(archives);
  expect([left, more]).toEqual([expect.stringMatching(/^runs-/), []]);
  expect(await readdir(join(archives, left))).not.toContain("xcom.jsonl.gz");
  expect((await project.run("db", "drop-archived", "-y")).code).toBe(0);
  expect(await readdir(archives)).toEqual([]);
});
