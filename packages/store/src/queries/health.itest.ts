import type { Graph } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { openPool } from "../postgres/index.ts";
import { aFile, aGraph, aRunOf, testStore, type TestStore } from "../testing/test-store.ts";
import { measureCommits, readClock } from "./measure-database.ts";
import { probeNotifications } from "./probe-notifications.ts";
import { readDatabaseSettings } from "./read-database-settings.ts";
import { readOpenSnapshots } from "./read-open-snapshots.ts";
import { readPrivileges } from "./read-privileges.ts";
import { readTableHealth } from "./read-table-health.ts";
import { readOpenWork, readSchedulerHealth, readUnusablePools } from "./read-work-health.ts";

/** A role of the test's own, and the URL by which it comes in. Roles are the server's: it goes with the test. */
async function aRole(store: TestStore): Promise<{ readonly role: string; readonly url: string } & AsyncDisposable> {
  const role = `guest_${crypto.randomUUID().slice(0, 8)}`;
  await store.sql(`create role ${role} login`);
  return {
    role,
    url: store.url.replace(/\/\/[^@/]*@/, `//${role}@`),
    [Symbol.asyncDispose]: async () => {
      await store.sql(`drop owned by ${role}`);
      await store.sql(`drop role ${role}`);
    },
  };
}

describe("privileges", () => {
  test("an owner may do all, a role without grants nothing, one with grants all but migrate", async () => {
    await using store = await testStore();
    await using guest = await aRole(store);
    await using own = await openPool({ url: store.url, max: 2 });
    await using theirs = await openPool({ url: guest.url, max: 2 });
    expect(await readPrivileges(own)).toMatchObject({
      hasSchema: true,
      mayUseSchema: true,
      closedTables: [],
      foreignTables: [],
    });
    const closed = await readPrivileges(theirs);
    expect(closed).toMatchObject({ role: guest.role, mayCreateSchema: false, mayUseSchema: false });
    expect(closed.closedTables).toContain("dag_run");
    await store.sql(`grant usage, create on schema millrace to ${guest.role}`);
    await store.sql(`grant select, insert, update, delete on all tables in schema millrace to ${guest.role}`);
    const open = await readPrivileges(theirs);
    expect(open).toMatchObject({ mayUseSchema: true, closedTables: [] });
    expect(open.foreignTables).toContain("dag_run");
  });
});

test("settings are those of the server, and a limit of the role leaves fewer connections free", async () => {
  await using store = await testStore();
  await using guest = await aRole(store);
  await store.sql(`alter role ${guest.role} connection limit 4`);
  await using pool = await openPool({ url: guest.url, max: 2 });
  const { settings, encoding, inRecovery, freeConnections } = await readDatabaseSettings(pool);
  expect(settings).toMatchObject({ fsync: "off", autovacuum: "on", default_transaction_isolation: "read committed" });
  expect({ encoding, inRecovery, freeConnections }).toEqual({
    encoding: "UTF8",
    inRecovery: false,
    freeConnections: 3,
  });
});

describe("open snapshots", () => {
  test("the oldest comes first, with who holds it; the one that asks is none", async () => {
    await using store = await testStore();
    await using pool = await openPool({ url: store.url, max: 2 });
    await using other = await openPool({ url: store.url, max: 2, applicationName: "a report" });
    expect((await readOpenSnapshots(pool)).transactions).toEqual([]);
    await other.withClient(async (client) => {
      await client.query("begin isolation level repeatable read; select 1");
      const [found] = (await readOpenSnapshots(pool)).transactions;
      expect(found).toMatchObject({ application: "a report", state: "idle in transaction", hasSnapshot: true });
      expect(found.ageMs).toBeGreaterThan(0);
      await client.query("rollback");
    });
  });

  test("sessions of which a role may see nothing are counted", async () => {
    await using store = await testStore();
    await using guest = await aRole(store);
    await using theirs = await openPool({ url: guest.url, max: 2 });
    const { hidden, transactions } = await readOpenSnapshots(theirs);
    expect(hidden).toBeGreaterThan(0);
    expect(transactions).toEqual([]);
  });
});

test("notifications, clock, round trips and commits are measured, and nothing is left behind", async () => {
  await using store = await testStore();
  await using pool = await openPool({ url: store.url, max: 3 });
  expect(await probeNotifications(pool, 5_000)).toBeGreaterThan(0);
  let asked = 0;
  const samples = await readClock(pool, 3, () => (asked += 1));
  expect(samples.map(({ before, after }) => [before, after])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const { roundTripsMs, commitsMs } = await measureCommits(pool, 5, 10_000);
  expect([roundTripsMs.length, commitsMs.length]).toEqual([5, 5]);
  expect((await measureCommits(pool, 1_000_000, 20)).commitsMs.length).toBeLessThan(1_000_000);
});

test("tables are whole ones, not their partitions", async () => {
  await using store = await testStore();
  await using pool = await openPool({ url: store.url, max: 2 });
  const { tables, unfrozenTransactions } = await readTableHealth(pool);
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["task_instance", "dag_run"]));
  expect(tables.filter(({ name }) => /_\d+$/.test(name))).toEqual([]);
  expect(unfrozenTransactions).toBeGreaterThan(0);
});

test("schedulers that ended are listed while they own DAGs; unfinished runs and pools that are missing are counted", async () => {
  await using store = await testStore();
  await using pool = await openPool({ url: store.url, max: 2 });
  const graph = {
    ...aGraph("a-dag"),
    tasks: [{ taskId: "t", owner: "a-team", pool: "default_pool", poolSlots: 1 }],
  } as unknown as Graph;
  await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"], { graph })], {
    complete: true,
    pausedUponCreation: false,
  });
  await aRunOf(store);
  expect(await readSchedulerHealth(pool)).toMatchObject([{ schedulerId: store.schedulerId, ended: false }]);
  expect(await readUnusablePools(pool)).toEqual([]);
  await store.sql("update millrace.scheduler set ended_at = now()");
  await store.sql("update millrace.dag set owner = null");
  expect(await readSchedulerHealth(pool)).toEqual([]);
  await store.sql("update millrace.dag set owner = $1", [store.schedulerId]);
  expect(await readSchedulerHealth(pool)).toMatchObject([{ ended: true, dags: 1 }]);
  expect(await readOpenWork(pool)).toMatchObject({ runs: 1, commands: 0, oldestCommandMs: 0 });
  await store.sql("update millrace.dag set paused = true");
  expect(await readOpenWork(pool)).toMatchObject({ runs: 0 });
  await store.sql("delete from millrace.pool");
  expect(await readUnusablePools(pool)).toMatchObject([{ pool: "default_pool", needs: 1, dagIds: ["a-dag"] }]);
});
