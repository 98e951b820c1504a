// Nothing lives in a session: the whole engine works behind a pooler that gives each transaction another connection.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool } from "@millrace/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine } from "../harness/engine-harness.ts";
import { startPgbouncer, startPostgres15, type RunningServer } from "../faults/support-debian-servers.ts";
import { SHAPES } from "../faults/support-dags.ts";
import { makeNotes, repeated } from "../faults/support-notes.ts";
import { countedTwice, readFinalRuns, triesWithoutCause, type FinalRun } from "../faults/support-rows.ts";

let server: RunningServer;
let pooler: RunningServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-services-"));
  server = await startPostgres15();
  pooler = await startPgbouncer(server.url);
});
afterAll(async () => {
  await pooler[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The same server or pooler, another database. */
function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

async function newDatabase(): Promise<string> {
  const name = `t_${randomUUID().slice(0, 8)}`;
  await using pool = await openPool({ url: server.url, max: 2 });
  await pool.query(`create database ${name}`);
  return name;
}

/** Runs every shape of DAG on a new database, by way of `url`. */
async function play(url: string, name: string): Promise<readonly FinalRun[]> {
  const notes = await makeNotes(await mkdtemp(join(folder, "n-")));
  await using engine = await startEngine({
    url: withDatabase(url, name),
    executor: { environment: notes.environment },
  });
  await engine.deploy(SHAPES);
  const runs = await Promise.all([1, 2, 3, 4].map((n) => engine.trigger("shapes", { runKey: `r${n}` })));
  expect(await Promise.all(runs.map(({ runId }) => engine.ended(runId)))).toEqual(Array(4).fill("failed"));
  await using pool = await openPool({ url: withDatabase(server.url, name), max: 2 });
  expect(await countedTwice(pool)).toEqual([]);
  expect(await triesWithoutCause(pool)).toEqual([]);
  expect(repeated(await notes.read())).toEqual([]);
  return await readFinalRuns(pool);
}

test("the test goes through a pooler in transaction mode, in front of PostgreSQL 15", async () => {
  await using direct = await openPool({ url: server.url, max: 2 });
  await using pooled = await openPool({ url: pooler.url, max: 2 });
  expect([direct.hasSessions, pooled.hasSessions]).toEqual([true, false]);
  expect(Math.floor(pooled.serverVersion / 10_000)).toBe(15);
});

test("a run behind pgbouncer ends as it does without one", async () => {
  const [direct, pooled] = [await newDatabase(), await newDatabase()];
  expect(await play(pooler.url, pooled)).toEqual(await play(server.url, direct));
});

test("commands are answered, and two schedulers share the DAGs, by polling alone", async () => {
  const url = withDatabase(pooler.url, await newDatabase());
  await using first = await startEngine({ url, host: "first" });
  await using second = await startEngine({ url, host: "second" });
  const made = ["a", "b"].map(
    (id) => `export const ${id} = dag("${id}", ({ task }) => { task("t", () => "${id}"); });`,
  );
  await first.deploy(`import { dag } from "millrace";\n${made.join("\n")}`);
  await expect
    .poll(() => [...first.scheduler.ownedDagIds, ...second.scheduler.ownedDagIds].sort(), { timeout: 20_000 })
    .toEqual(["a", "b"]);
  await first.send("a", { kind: "pause", paused: true });
  await first.send("a", { kind: "pause", paused: false });
  for (const dagId of ["a", "b"]) {
    const { runId } = await first.trigger(dagId);
    await expect
      .poll(async () => (await first.store.engine.loadRun(runId))?.run.state, { timeout: 20_000 })
      .toBe("success");
  }
});
