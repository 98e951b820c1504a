import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliProject, type CliProject, type Ended } from "../harness/cli-project.ts";

const HELLO = `
import { dag } from "millrace";
export const hello = dag("hello", ({ task }) => { task("greet", () => "hello"); });
`;
const PROJECT = { "millrace.json": "{}", "tsconfig.json": "{}", "dags/hello.dag.ts": HELLO };
/** Depends on the machine that runs the tests. */
const OF_MACHINE = new Set(["node", "time-zones", "resources", "data-folder", "disk", "fsync", "clock"]);

interface Row {
  readonly check: string;
  readonly status: string;
  readonly fact: string;
  readonly what_to_do: string | null;
}

function rowsIn({ out }: Ended): readonly Row[] {
  return JSON.parse(out) as Row[];
}

/** The findings of one check, a line each. */
function textOf(rows: readonly Row[], check: string): string {
  return rows
    .filter((row) => row.check === check)
    .map(({ status, fact, what_to_do }) => `${status}: ${fact}${what_to_do === null ? "" : ` → ${what_to_do}`}`)
    .join("\n");
}

let project: CliProject;

beforeAll(async () => {
  project = await cliProject(PROJECT);
});
afterAll(() => project[Symbol.asyncDispose]());

async function doctor(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly rows: readonly Row[] }> {
  const ended = await project.run("doctor", "--json", ...args);
  return { code: ended.code, rows: rowsIn(ended) };
}

describe("before anything has run", () => {
  test("the files are looked at, and looking makes no database", async () => {
    const { code, rows } = await doctor();
    expect(code).toBe(0);
    expect(textOf(rows, "dag-files")).toMatch(/^ok: 1 DAG in 1 file loaded in /);
    expect(textOf(rows, "database")).toMatch(/^skipped: there is no database yet: `.*millrace.* start` makes it$/);
    expect(existsSync(join(project.folder, ".millrace"))).toBe(false);
  });

  test("without a project the machine is looked at, and all is well", async () => {
    const empty = await mkdtemp(join(tmpdir(), "millrace-empty-"));
    const { code, out } = await project.run("doctor", "-C", empty);
    await rm(empty, { recursive: true });
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ node +Millrace /);
    expect(out).toContain("is no Millrace project, so only the machine is looked at");
    expect(out).toMatch(/^- there is no project here\. Not looked at: data-folder, /m);
  });

  test("one check may be asked for; a name that there is not is wrong use", async () => {
    expect((await doctor("--only", "node", "--only", "dag-folder")).rows.map(({ check }) => check)).toEqual([
      "node",
      "dag-folder",
    ]);
    const { code, err } = await project.run("doctor", "--only", "snapshot");
    expect(code).toBe(2);
    expect(err).toContain("Did you mean snapshots?");
    expect((await project.run("doctor", "--list")).out).toContain("snapshots");
  });
});

describe("while a Millrace runs", () => {
  beforeAll(async () => {
    await project.start();
  });

  test("a healthy project is well in everything", async () => {
    const { code, rows } = await doctor();
    expect(code).toBe(0);
    expect(rows.filter(({ check, status }) => status !== "ok" && !OF_MACHINE.has(check))).toEqual([]);
    expect(textOf(rows, "locks")).toMatch(/^ok: no stale lock; in use by process \d+$/);
    expect(textOf(rows, "schedulers")).toMatch(/^ok: 1 scheduler: 1 \(process \d+ on /);
    expect(textOf(rows, "fsync")).toMatch(/a write of 8 kB and its flush in the data folder: p50 [\d.]+ ms, p99 /);
    expect(textOf(rows, "database")).toMatch(/^ok: embedded PostgreSQL, PostgreSQL \d+\.\d+, round trip p50 /);
  });

  test("a DAG file that does not load, one with a wrong name, and a pool that there is not are named", async () => {
    await project.write("dags/broken.dag.ts", `import { dag } from "millrace";\nexport const a = dag(;\n`);
    await project.write("dags/orders.ts", HELLO);
    await project.write(
      "dags/heavy.dag.ts",
      HELLO.replaceAll("hello", "heavy").replace(`"greet",`, `"greet", { pool: "nowhere" },`),
    );
    await expect.poll(async () => (await project.run("dags", "trigger", "heavy")).code, { timeout: 20_000 }).toBe(0);
    const { code, rows } = await doctor("--only", "dag-files,dag-folder,pools");
    expect(code).toBe(1);
    expect(textOf(rows, "dag-files")).toMatch(/^bad: dags\/broken\.dag\.ts:2 does not load: .* → Correct it/);
    expect(textOf(rows, "dag-folder")).toMatch(
      /^warn: dags\/orders\.ts exports a DAG.* → Rename it to dags\/orders\.dag\.ts$/,
    );
    expect(textOf(rows, "pools")).toMatch(
      /^bad: tasks of heavy want 1 slot of the pool "nowhere", which does not exist; 1 waits now → .*pools set nowhere 1/,
    );
  });
});

describe("after a kill", () => {
  test("what the dead left is named, with what to do; whatever opens the database clears it", async () => {
    await using killed = await cliProject(PROJECT);
    await (await killed.start()).stop("SIGKILL");
    const rows = rowsIn(await killed.run("doctor", "--json"));
    expect(textOf(rows, "locks")).toMatch(
      /^warn: a stale entry: a Millrace, process \d+, ended without taking it back .* → Nothing has to be removed/,
    );
    expect(textOf(rows, "schedulers")).toMatch(
      /^warn: scheduler 1 .* died.*; it still owns 1 DAG → `.*start` takes its DAGs and runs over\.$/,
    );
    expect(textOf(rowsIn(await killed.run("doctor", "--json", "--only", "locks")), "locks")).toMatch(/^ok/);
  });
});

describe("what is misconfigured", () => {
  test("an unknown setting is bad, and the machine is looked at all the same", async () => {
    await using other = await cliProject({ ...PROJECT, "millrace.json": '{ "executor": { "worker": 1 } }' });
    const ended = await other.run("doctor", "--json");
    expect(ended.code).toBe(1);
    expect(textOf(rowsIn(ended), "configuration")).toMatch(
      /^bad: .*"executor" has no setting "worker" → Did you mean workers/,
    );
    expect(textOf(rowsIn(ended), "node")).toMatch(/^ok/);
    expect(textOf(rowsIn(ended), "disk")).toBe("skipped: the configuration cannot be used");
  });

  test("a database that does not answer is bad, its password is not shown, and files are looked at all the same", async () => {
    const env = { MILLRACE__DATABASE__URL: "postgresql://ada:hunter2@127.0.0.1:1/none" };
    const ended = await project.launch(["doctor", "--json"], env).ended;
    expect(ended.code).toBe(1);
    const rows = rowsIn(ended);
    expect(textOf(rows, "ports")).toMatch(
      /^bad: 127\.0\.0\.1:1 does not answer \(ECONNREFUSED\) → Nothing listens there/,
    );
    expect(textOf(rows, "database")).toMatch(/^bad: the database "none" at 127\.0\.0\.1:1 cannot be used/);
    expect(textOf(rows, "settings")).toBe("skipped: the database cannot be used: see above");
    expect(textOf(rows, "disk")).not.toMatch(/^skipped/);
    expect(textOf(rows, "configuration")).toContain("database.url = *** (MILLRACE__DATABASE__URL)");
    expect(ended.out + ended.err).not.toContain("hunter2");
  });

  test("a server without fsync is bad, and a snapshot that is held is named with its process", async () => {
    await using database = await testDatabase();
    const url = database.url;
    const env = { MILLRACE__DATABASE__URL: url };
    await using pool = await openPool({ url, applicationName: "a forgotten report" });
    await pool.withClient(async (held) => {
      await held.query("begin transaction isolation level repeatable read; select 1");
      const { rows: own } = await held.query<{ pid: number }>("select pg_backend_pid() as pid");
      const young = await project.launch(["doctor", "--json", "--only", "snapshots,settings,fsync,schema"], env).ended;
      expect(textOf(rowsIn(young), "snapshots")).toMatch(
        /^ok: 1 transaction is open, the oldest for .*a forgotten report/,
      );
      expect(textOf(rowsIn(young), "settings")).toMatch(/^bad: fsync = off: .* → Switch it on/m);
      expect(textOf(rowsIn(young), "fsync")).toMatch(
        /a commit on the server, less the round trip of .*: p50 .* \(\d+ measured\)/,
      );
      expect(textOf(rowsIn(young), "schema")).toMatch(/^warn: the database has no schema yet → .*db migrate/);
      expect(young.code).toBe(1);
      const isOld = async (): Promise<boolean> => {
        const { rows } = await held.query<{ old: boolean }>("select clock_timestamp() - now() > '5.1 s' as old");
        return rows[0].old;
      };
      await expect.poll(isOld, { timeout: 20_000, interval: 200 }).toBe(true);
      const old = rowsIn(await project.launch(["doctor", "--json", "--only", "snapshots"], env).ended);
      expect(textOf(old, "snapshots")).toMatch(
        /^warn: a transaction has been open for .*a forgotten report.*idle in transaction/,
      );
      expect(textOf(old, "snapshots")).toContain(`select pg_terminate_backend(${own[0].pid})`);
      await held.query("rollback");
    });
  });
});
