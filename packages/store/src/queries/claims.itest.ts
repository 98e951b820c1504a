import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../open-store.ts";
import { aCreation, aFile, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;
beforeEach(async () => {
  store = await testStore();
});
afterEach(() => store.close());

const DEAD_AFTER = 15_000_000;
const register = (): Promise<number> =>
  store.engine.registerScheduler({ host: "b-host", pid: 1, pidStartedAt: "then" });
const claim = async (schedulerId: number): Promise<readonly string[]> =>
  (await store.engine.claimDags(schedulerId)).map(({ dagId }) => dagId);
const saveDags = async (...dagIds: readonly string[]): Promise<unknown> =>
  await store.engine.saveFiles([aFile("a.dag.ts", dagIds)], { complete: true, pausedUponCreation: false });
const silence = async (schedulerId: number): Promise<unknown> =>
  await store.sql("update millrace.scheduler set heartbeat_at = now() - interval '16 s' where scheduler_id = $1", [
    schedulerId,
  ]);
/** Until so many backends wait for a lock of somebody else. */
const waiters = async (count: number): Promise<void> => {
  const text =
    "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and state = 'active'";
  while ((await store.sql(text)).length < count);
};

describe("R10: schedulers", () => {
  test("one without heartbeats is ended by another one, its DAGs, grants and callbacks are free", async () => {
    await saveDags("a-dag");
    const other = await register();
    await store.engine.claimDag(store.schedulerId, "a-dag");
    await store.engine.grants(store.schedulerId, {}, {});
    const runId = await store.engine.reserveRunIds(1);
    await store.commitRuns(aCreation(runId, {}, { callbacks: [{ scope: "run", event: "success", reason: "r" }] }));
    expect(await store.engine.takeOutbox(store.schedulerId, ["a-dag"], 10)).toHaveLength(1);
    expect(await store.engine.endDeadSchedulers(other, DEAD_AFTER)).toEqual([]);
    await silence(store.schedulerId);
    expect(await store.engine.endDeadSchedulers(other, DEAD_AFTER)).toEqual([store.schedulerId]);
    expect((await store.engine.heartbeat(store.schedulerId)).alive).toBe(false);
    await expect(store.engine.claimDags(store.schedulerId)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await claim(other)).toEqual(["a-dag"]);
    expect(await store.engine.takeOutbox(other, ["a-dag"], 10)).toHaveLength(1);
    expect(await store.sql("select scheduler_id from millrace.pool_grant")).toEqual([]);
  });

  test("one that was ended commits nothing, whatever it planned before", async () => {
    const other = await register();
    await silence(store.schedulerId);
    await store.engine.endDeadSchedulers(other, DEAD_AFTER);
    const runId = await store.engine.reserveRunIds(1);
    await expect(store.commitRuns(aCreation(runId))).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await store.sql("select run_id from millrace.run_change")).toEqual([]);
  });

  test("an heir comes after the last commit of who it ends: nothing appears once it has read the runs", async () => {
    await saveDags("a-dag");
    const other = await register();
    const runId = await store.engine.reserveRunIds(1);
    const holder = new pg.Client({ connectionString: store.url });
    await holder.connect();
    await holder.query("begin; lock table millrace.dag_run in share row exclusive mode");
    const committing = store.commitRuns(aCreation(runId));
    await waiters(1);
    await silence(store.schedulerId);
    const ending = store.engine.endDeadSchedulers(other, DEAD_AFTER);
    await waiters(2);
    await holder.query("rollback");
    await holder.end();
    expect(await ending).toEqual([store.schedulerId]);
    expect((await store.engine.loadLiveRuns(["a-dag"])).map(({ run }) => run.runId)).toEqual([runId]);
    expect((await committing).committed).toEqual(new Set([runId]));
  });

  test("one that was ended judges nobody", async () => {
    const [other, third] = [await register(), await register()];
    await silence(store.schedulerId);
    await store.engine.endDeadSchedulers(other, DEAD_AFTER);
    await silence(third);
    expect(await store.engine.endDeadSchedulers(store.schedulerId, DEAD_AFTER)).toEqual([]);
    expect((await store.engine.heartbeat(third)).alive).toBe(true);
  });

  test("a clean end hands over at once", async () => {
    await saveDags("a-dag", "b-dag");
    await store.engine.claimDags(store.schedulerId);
    await store.engine.endScheduler(store.schedulerId);
    expect(await claim(await register())).toEqual(["a-dag", "b-dag"]);
    expect(await store.engine.schedulersOfHost("a-host")).toEqual([]);
  });
});

describe("R5: a DAG has one owner", () => {
  test("a newcomer gets its share as the others give theirs back; no DAG is ever owned twice", async () => {
    await saveDags(..."abcdefg");
    expect(await claim(store.schedulerId)).toHaveLength(7);
    const other = await register();
    expect(await claim(other)).toEqual([]);
    const mine = await claim(store.schedulerId);
    const theirs = await claim(other);
    expect([mine.length, theirs.length].toSorted()).toEqual([3, 4]);
    expect([...mine, ...theirs].toSorted()).toEqual([..."abcdefg"]);
  });

  test("of many that claim at once each DAG goes to one", async () => {
    await saveDags(..."abcdefghijklmnopqrstuvwxyz");
    const ids = [store.schedulerId, await register(), await register(), await register()];
    const claims = await Promise.all(ids.map(claim));
    expect(claims.flat().toSorted()).toEqual([..."abcdefghijklmnopqrstuvwxyz"]);
  });

  test("a DAG that has changed has another stamp, and no other DAG has", async () => {
    await saveDags("a-dag", "b-dag", "c-dag");
    const before = await store.engine.claimDags(store.schedulerId);
    expect(await store.engine.claimDags(store.schedulerId)).toEqual(before);
    await store.commit({ dagPatches: [{ dagId: "b-dag", paused: true }] });
    const after = await store.engine.claimDags(store.schedulerId);
    expect(after.filter(({ stamp }, i) => stamp !== before[i]?.stamp).map(({ dagId }) => dagId)).toEqual(["b-dag"]);
  });

  test("one DAG for one tick", async () => {
    await saveDags("a-dag");
    const other = await register();
    expect(await store.engine.claimDag(other, "a-dag")).toBe(true);
    expect(await store.engine.claimDag(store.schedulerId, "a-dag")).toBe(false);
    expect(await store.engine.claimDag(store.schedulerId, "no-dag")).toBe(false);
    await store.engine.releaseDags(other, ["a-dag"]);
    expect(await store.engine.claimDag(store.schedulerId, "a-dag")).toBe(true);
  });

  test("a DAG whose file is gone is driven as long as it has live runs", async () => {
    await saveDags("a-dag", "b-dag");
    await store.commitRuns(aCreation(await store.engine.reserveRunIds(1)));
    await store.engine.saveFiles([], { complete: true, pausedUponCreation: false });
    expect(await claim(store.schedulerId)).toEqual(["a-dag"]);
    expect((await store.engine.loadDags(["a-dag"]))[0]?.active).toBe(false);
  });
});

describe("R6: grants", () => {
  const ofDefault = (grants: Awaited<ReturnType<TestStore["engine"]["grants"]>>): number =>
    grants.find((grant) => grant.pool === "default_pool")!.granted;

  test("with one scheduler the grant is the pool, and asking again writes nothing", async () => {
    await store.queries.setPool({ pool: "small", slots: 3, description: "", includeDeferred: true, order: "priority" });
    await store.queries.setPool({ pool: "endless", slots: -1, description: "", includeDeferred: false, order: "fair" });
    const ask = (): ReturnType<TestStore["engine"]["grants"]> =>
      store.engine.grants(store.schedulerId, { small: 9 }, { small: 2 });
    const grants = await ask();
    expect(grants).toMatchObject([
      { pool: "default_pool", slots: 128, granted: 128 },
      { pool: "endless", slots: -1 },
      { pool: "small", granted: 3, includeDeferred: true, order: "priority" },
    ]);
    const xmin = (): Promise<unknown> => store.sql("select xmin::text, pool from millrace.pool_grant order by pool");
    const before = await xmin();
    await store.engine.grants(store.schedulerId, { small: 5 }, { small: 3 });
    expect(await xmin()).toEqual(before);
  });

  test("the sum stays within the pool at every moment while schedulers ask at once, and all get their part in the end", async () => {
    await store.queries.setPool({
      pool: "default_pool",
      slots: 10,
      description: "",
      includeDeferred: false,
      order: "fair",
    });
    const ids = [store.schedulerId, await register(), await register()];
    const ask = (id: number): ReturnType<TestStore["engine"]["grants"]> =>
      store.engine.grants(id, { default_pool: 20 }, { default_pool: 1 });
    for (let round = 0; round < 5; round++) {
      await Promise.all(ids.map(ask));
      const [row] = await store.sql(
        "select sum(granted)::int as sum from millrace.pool_grant where pool = 'default_pool'",
      );
      expect(row["sum"]).toBeLessThanOrEqual(10);
    }
    const parts = await Promise.all(ids.map(async (id) => ofDefault(await ask(id))));
    expect(parts.toSorted()).toEqual([3, 3, 4]);
  });

  test("slots in use are not taken back; they go to the others as they come free", async () => {
    const other = await register();
    expect(ofDefault(await store.engine.grants(store.schedulerId, {}, { default_pool: 100 }))).toBeGreaterThanOrEqual(
      100,
    );
    await store.engine.grants(other, { default_pool: 64 }, {});
    expect(ofDefault(await store.engine.grants(store.schedulerId, { default_pool: 64 }, { default_pool: 100 }))).toBe(
      100,
    );
    expect(ofDefault(await store.engine.grants(other, { default_pool: 64 }, {}))).toBe(28);
    expect(ofDefault(await store.engine.grants(store.schedulerId, { default_pool: 64 }, { default_pool: 40 }))).toBe(
      64,
    );
    expect(ofDefault(await store.engine.grants(other, { default_pool: 64 }, {}))).toBe(64);
  });
});

describe("R5: the inbox", () => {
  test("a command wakes listeners and waits in order of arrival until it is answered", async () => {
    const { promise: woken, resolve } = Promise.withResolvers<void>();
    const stop = await store.engine.listen({ inbox: resolve });
    const first = await store.engine.send("a-dag", { kind: "pause", paused: true }, "user:\0x");
    await woken;
    await stop();
    await store.engine.send("b-dag", { kind: "pause", paused: true }, "user:x");
    const second = await store.engine.send("a-dag", { kind: "trigger", conf: '{"a":"\\u0000"}' }, "user:x");
    const rows = await store.engine.readInbox(["a-dag"], 10);
    expect(rows.map((row) => row.inboxId)).toEqual([first, second]);
    expect(rows[1]?.command).toEqual({ kind: "trigger", conf: '{"a":"\\u0000"}' });
    expect(await store.engine.readInbox(["a-dag"], 1)).toHaveLength(1);
  });

  test("a command that no run could hold is refused before it is sent: it holds up no tick", async () => {
    const conf = JSON.stringify({ a: "x".repeat(17_000_000) });
    await expect(store.engine.send("a-dag", { kind: "trigger", conf }, "user:x")).rejects.toMatchObject({
      code: "DATA_REJECTED",
      message: expect.stringMatching(/^the command cannot be stored: it has 170\d+ characters/) as string,
    });
    expect(await store.engine.readInbox(["a-dag"], 10)).toEqual([]);
  });

  test("an answer by another process ends the wait", async () => {
    const caller = await openStore({ url: store.url });
    const inboxId = await caller.engine.send("a-dag", { kind: "pause", paused: true }, "user:x");
    const waiting = caller.engine.waitForAnswer(inboxId, 30_000);
    await store.commit({ answers: [{ inboxId, answer: { ok: true, changed: 1 } }] });
    expect(await waiting).toEqual({ ok: true, changed: 1 });
    await caller.close();
  });

  test("without an answer the wait ends with TIMEOUT and the command stays", async () => {
    const inboxId = await store.engine.send("a-dag", { kind: "pause", paused: true }, "user:x");
    await expect(store.engine.waitForAnswer(inboxId, 20)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(await store.engine.readInbox(["a-dag"], 10)).toHaveLength(1);
  });

  test("listening and stopping leaves nothing behind on the connection", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on("warning", note);
    for (let time = 0; time < 40; time += 1) await (await store.engine.listen({ inbox: () => undefined }))();
    // Warnings are told in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  test("a lost listening connection is replaced and wakes go on", async () => {
    let wakes = 0;
    let resolveNext: () => void = () => undefined;
    const stop = await store.engine.listen({
      inbox: () => {
        wakes++;
        resolveNext();
      },
    });
    await store.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'",
    );
    for (;;) {
      const [row] = await store.sql(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and query ilike 'listen%'",
      );
      if (row["n"] === 1) break;
    }
    const before = wakes;
    const next = new Promise<void>((resolve) => (resolveNext = resolve));
    await store.engine.send("a-dag", { kind: "pause", paused: true }, "user:x");
    await next;
    expect(wakes).toBeGreaterThan(before);
    await stop();
  });
});
