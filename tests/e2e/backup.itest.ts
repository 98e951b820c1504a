import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { openPool, type DatabasePool } from "@millrace/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "@millrace/store/testing";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

/** Twenty processes one after the other. */
const SLOW_MS = 240_000;

const dags = (gate: string): string => `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
export const going = dag("going", ({ task }) => {
  const large = task("large", () => "z".repeat(50_000));
  const wait = task("wait", { input: { large } }, async ({ large }) => {
    while (!existsSync(${JSON.stringify(gate)})) await sleep(50);
    return large.length;
  });
  task("after", { input: { wait } }, ({ wait }) => wait * 2);
});
export const done = dag("done", ({ task }) => { task("one", () => 1); });
`;

let source: CliProject;
let targetDatabase: TestDatabase;
let target: CliProject;
let sql: DatabasePool;

beforeAll(async () => {
  targetDatabase = await testDatabase();
  source = await cliProject({ "millrace.json": '{ "executor": { "drainMs": 0, "graceMs": 0 } }' });
  target = await cliProject({ "millrace.json": "{}" }, { MILLRACE__DATABASE__URL: targetDatabase.url });
  sql = await openPool({ url: targetDatabase.url, max: 2 });
});
afterAll(async () => {
  await sql.close();
  await target[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  await targetDatabase.drop();
});

async function states(dagId: string): Promise<Record<string, string>> {
  const { rows } = await sql.query<{ task_id: string; state: string }>(
    "select t.task_id, t.state from millrace.task_instance t join millrace.dag_run r using (run_id) where r.dag_id = $1",
    [dagId],
  );
  return Object.fromEntries(rows.map((row) => [row.task_id, row.state]));
}

async function until(fits: () => Promise<boolean>): Promise<void> {
  while (!(await fits())) await new Promise(setImmediate);
}

test(
  "a backup of a running Millrace goes into another database, and its runs go on there to their right end",
  { timeout: SLOW_MS },
  async () => {
    await source.write("dags/going.dag.ts", dags(join(target.folder, "gate")));
    const running = await source.start();
    expect((await source.run("variables", "set", "secret_token", "hunter2")).code).toBe(0);
    expect((await source.run("dags", "trigger", "done", "--wait")).code).toBe(0);
    expect((await source.run("dags", "trigger", "going", "-r", "by-hand")).code).toBe(0);
    await until(async () => (await source.run("tasks", "state", "going", "wait", "by-hand")).out.includes("running"));
    const made = await source.run("db", "backup", "all.backup", "--with-logs", "--with-dags", "--with-key");
    expect(made).toMatchObject({ code: 0 });
    expect(made.err).toContain("It holds secret.key");
    await running.stop();
    const restored = await target.run("db", "restore", join(source.folder, "all.backup"));
    expect(restored).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^restored: \d+ rows and \d+ files/) as string,
    });
    expect(await readFile(join(target.folder, "dags/going.dag.ts"), "utf8")).toContain('dag("going"');
    expect((await target.run("variables", "get", "secret_token")).out).toBe("hunter2\n");
    expect(await states("going")).toEqual({ large: "success", wait: "running", after: "none" });
    await target.write("gate", "");
    const there = await target.start();
    await until(async () => (await states("going"))["after"] === "success");
    const { rows } = await sql.query<{ result: string }>(
      "select result from millrace.task_instance where task_id = 'after'",
    );
    expect(rows).toEqual([{ result: "100000" }]);
    // Run ids go on after those of the backup.
    expect((await target.run("dags", "trigger", "done", "--wait")).code).toBe(0);
    expect((await sql.query("select run_id from millrace.dag_run where dag_id = 'done'")).rowCount).toBe(2);
    const refused = await target.run("db", "restore", join(source.folder, "all.backup"), "-y");
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining("a Millrace runs on this database") as string,
    });
    await there.stop();
  },
);

test("a backup that cannot be written says so, and leaves nothing", async () => {
  await mkdir(join(source.folder, "taken"));
  for (const file of ["nowhere/all.backup", "taken"])
    expect(await source.run("db", "backup", file)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/cannot be written: .*\n.*\(BAD_ARGUMENT\)\n$/) as string,
    });
  expect((await readdir(source.folder)).filter((name) => name.includes("draft"))).toEqual([]);
});

describe("what cannot be restored leaves the database as it was", () => {
  let whole: Buffer;
  beforeAll(async () => {
    whole = gunzipSync(await readFile(join(source.folder, "all.backup")));
  });

  async function restoreOf(tar: Buffer, ...args: readonly string[]): Promise<{ code: number | null; err: string }> {
    await writeFile(join(target.folder, "other.backup"), gzipSync(tar));
    const before = await sql.query("select count(*)::integer as n from millrace.run_change");
    const { code, err } = await target.run("db", "restore", "other.backup", ...args);
    expect((await sql.query("select count(*)::integer as n from millrace.run_change")).rows).toEqual(before.rows);
    return { code, err };
  }

  test("a database that is not empty, without a yes", async () => {
    expect(await restoreOf(whole)).toMatchObject({ code: 2, err: expect.stringContaining("say --yes") as string });
  });

  test("a file that ends too early", async () => {
    const { code, err } = await restoreOf(whole.subarray(0, Math.floor(whole.length * 0.9)), "-y");
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("it ends too early") as string });
    const packed = await readFile(join(source.folder, "all.backup"));
    await writeFile(join(target.folder, "cut.backup"), packed.subarray(0, packed.length / 2));
    expect((await target.run("db", "restore", "cut.backup", "-y")).code).toBe(2);
  });

  test("a file with a byte that is another one", async () => {
    const other = Buffer.from(whole);
    const at = other.indexOf("by-hand");
    other[at] = 66;
    expect(await restoreOf(other, "-y")).toMatchObject({
      code: 2,
      err: expect.stringContaining("is not what was written") as string,
    });
  });

  test("a newer schema, and what is no backup", async () => {
    const text = whole.toString("latin1");
    const fewer = text.replace("0001-schema.sql", "0001-other0.sql");
    const hash = /"hash": "(\w{64})"/.exec(text)?.[1] ?? "";
    const changed = Buffer.from(fewer.replace(hash, "0".repeat(64)), "latin1");
    expect((await restoreOf(changed, "-y")).err).toContain("(SCHEMA_DIFFERS)");
    expect(await restoreOf(Buffer.from("hello".repeat(500)), "-y")).toMatchObject({ code: 2 });
    expect((await target.run("db", "restore", "nothing.backup", "-y")).err).toContain("(NOT_FOUND)");
  });

  test("kill -9 in the middle of a restore, which can be done again", { timeout: SLOW_MS }, async () => {
    await using large = await testDatabase();
    const env = { MILLRACE__DATABASE__URL: large.url };
    expect(await target.launch(["db", "restore", join(source.folder, "all.backup")], env).ended).toMatchObject({
      code: 0,
    });
    await using other = await openPool({ url: large.url, max: 2 });
    await other.query(
      "insert into millrace.run_change (run_id, version, at, by, changes, counts) select i / 10, 1000 + i % 10, now(), 1, repeat('x', 200), '' from generate_series(1, 400000) i",
    );
    await target.launch(["db", "backup", "large.backup"], env).ended;
    const restore = target.launch(["db", "restore", "large.backup", "-y"]);
    await until(async () => {
      const { rows } = await other.query(
        "select from pg_stat_activity where query like 'copy millrace.\"run_change\"%' and state = 'active'",
      );
      return rows.length > 0;
    });
    restore.process.kill("SIGKILL");
    await restore.ended;
    expect(
      (await sql.query("select count(*)::integer as n from millrace.run_change where changes like 'xx%'")).rows,
    ).toEqual([{ n: 0 }]);
    expect((await target.run("db", "restore", "large.backup", "-y")).code).toBe(0);
    expect(
      (await sql.query("select count(*)::integer as n from millrace.run_change where changes like 'xx%'")).rows,
    ).toEqual([{ n: 400_000 }]);
  });
});
