import type { RunChanges } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aChange,
  aCreation,
  aFile,
  anEnd,
  anInsert,
  AN_INSTANT,
  aQueue,
  aRunOf,
  aSet,
  testStore,
  type TestStore,
} from "../testing/test-store.ts";

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
  await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"])], { complete: true, pausedUponCreation: false });
});
afterAll(() => store.close());

const newRunId = (): Promise<number> => store.engine.reserveRunIds(1);
const instanceOf = async (runId: number): Promise<Record<string, unknown>> =>
  (await store.sql("select * from millrace.task_instance where run_id = $1", [runId]))[0];
const count = async (table: string, runId: number): Promise<number> =>
  Number((await store.sql(`select count(*)::int as n from millrace.${table} where run_id = $1`, [runId]))[0]["n"]);

/** Every row that says something of a run. */
async function rowsOf(runId: number): Promise<unknown> {
  const tables = ["dag_run", "run_change", "task_instance", "task_try", "xcom", "asset_event", "outbox", "run_note"];
  const read = (table: string): Promise<unknown> =>
    store.sql(`select to_jsonb(t) as row from millrace.${table} t where run_id = $1 order by 1`, [runId]);
  return await Promise.all(tables.map(read));
}

describe("what is committed is what is loaded", () => {
  test("a created run and its instances", async () => {
    const runId = await newRunId();
    const created = aCreation(
      runId,
      { conf: '{"a":"\\u0000"}', runType: "backfill" },
      { instances: [anInsert("a"), anInsert("b", { mapIndex: 3, maxTries: 4 })] },
    );
    const result = await store.commitRuns(created);
    expect(result.committed).toEqual(new Set([runId]));
    const loaded = await store.engine.loadRun(runId);
    expect(loaded?.run).toMatchObject({
      ...created.created,
      runId,
      version: 1,
      state: "running",
      startedAt: AN_INSTANT,
      clearNumber: 0,
      obligations: [],
    });
    expect(
      loaded?.instances.map(({ taskId, mapIndex, maxTries, state }) => ({ taskId, mapIndex, maxTries, state })),
    ).toEqual([
      { taskId: "a", mapIndex: -1, maxTries: 1, state: "none" },
      { taskId: "b", mapIndex: 3, maxTries: 4, state: "none" },
    ]);
  });

  test("a run's fields: present ones change, null empties, absent ones stay", async () => {
    const runId = await aRunOf(store);
    await store.commitRuns(
      aChange(runId, {
        run: { dueAt: AN_INSTANT, obligations: [{ kind: "create", next: 2_000 }], deadlineMissed: true },
      }),
    );
    await store.commitRuns(
      aChange(runId, {
        version: 3,
        run: { startedAt: null, state: "failed", endedAt: AN_INSTANT + 5, cause: { code: "X", message: "why" } },
      }),
    );
    const loaded = await store.engine.loadRun(runId);
    expect(loaded?.run).toMatchObject({
      dueAt: AN_INSTANT,
      state: "failed",
      endedAt: AN_INSTANT + 5,
      deadlineMissed: true,
      obligations: [{ kind: "create", next: 2_000 }],
      version: 3,
    });
    expect(loaded?.run.startedAt).toBeUndefined();
    await store.commitRuns(aChange(runId, { version: 4, run: { obligations: [], dueAt: null } }));
    const last = await store.engine.loadRun(runId);
    expect(last?.run.obligations).toEqual([]);
    expect(last?.run.dueAt).toBeUndefined();
  });

  test("queued, started and ended, with everything that an end can carry", async () => {
    const dispatchId = "00112233445566778899aabbccddeeff";
    const runId = await aRunOf(store, aQueue("t", { dispatchId }));
    expect((await store.engine.loadRun(runId))?.instances[0]).toMatchObject({
      state: "queued",
      tryNumber: 1,
      dispatchId,
    });
    await store.commitRuns(
      aChange(runId, {
        version: 3,
        instances: [{ kind: "start", slot: 0, taskId: "t", mapIndex: -1, startedAt: AN_INSTANT, workerId: "w" }],
      }),
    );
    expect((await store.engine.loadRun(runId))?.instances[0]).toMatchObject({
      state: "running",
      startedAt: AN_INSTANT,
      firstStartedAt: AN_INSTANT,
      dispatchId,
    });
    const log = { host: "h", segment: "s", from: 0, to: 9, lines: 1, tail: "a line", complete: true };
    const end = anEnd("t", {
      result: { json: "[1,2]", meta: "{}" },
      resultLength: 2,
      choice: '["x"]',
      cause: { code: "C", message: "m" },
      log,
      mapName: "name",
      rendered: "{}",
    });
    await store.commitRuns(aChange(runId, { version: 4, instances: [end] }));
    expect((await store.engine.loadRun(runId))?.instances[0]).toMatchObject({
      state: "success",
      resultLength: 2,
      choice: '["x"]',
      dispatchId: undefined,
    });
    expect(await store.engine.readResults([{ runId, taskId: "t" }])).toEqual([[{ json: "[1,2]", meta: "{}" }]]);
    expect(await store.queries.listTries({ runId, taskId: "t", mapIndex: -1 })).toMatchObject([
      { tryNumber: 1, state: "success", cause: { code: "C", message: "m" }, logs: [log], dagVersion: 1 },
    ]);
  });

  test("counts per state are kept with the change and shown with the run", async () => {
    const runId = await newRunId();
    await store.commitRuns(aCreation(runId, {}, { counts: [2, 0, 0, 1, 0] }));
    expect(await store.queries.findRunById(runId)).toMatchObject({ counts: { none: 2, running: 1 }, changeVersion: 1 });
  });

  test("a placeholder goes as its instances come", async () => {
    const runId = await aRunOf(store);
    await store.commitRuns(
      aChange(runId, {
        instances: [
          { kind: "delete", slot: 0, taskId: "t", mapIndex: -1 },
          anInsert("t", { mapIndex: 0 }),
          anInsert("t", { mapIndex: 1 }),
        ],
      }),
    );
    expect((await store.engine.loadRun(runId))?.instances.map((instance) => instance.mapIndex)).toEqual([0, 1]);
  });

  test("a batch without runs commits", async () => {
    expect(await store.commit({ dagPatches: [{ dagId: "a-dag", paused: true }] })).toMatchObject({
      committed: new Set(),
    });
    expect((await store.engine.loadDags(["a-dag"]))[0]?.paused).toBe(true);
  });
});

describe("R2: the guard", () => {
  test("nothing of a run that is behind is written, all of the others is", async () => {
    const tasks = ["ends", "queues", "starts", "sets", "clears", "goes"];
    const [behind, good] = [await newRunId(), await newRunId()];
    for (const runId of [behind, good]) {
      await store.commitRuns(aCreation(runId, {}, { instances: tasks.map((task) => anInsert(task)) }));
      await store.commitRuns(
        aChange(runId, {
          instances: ["queues", "clears"].map((task) => aQueue(task)),
          xcoms: [{ taskId: "clears", mapIndex: -1, key: "old", value: { json: "1" } }],
        }),
      );
    }
    await store.commitRuns(aChange(behind, { version: 3 }));
    const all = (runId: number): RunChanges =>
      aChange(runId, {
        version: 3,
        run: { state: "success", endedAt: AN_INSTANT },
        instances: [
          anInsert("new"),
          anEnd("ends", { result: { json: "1" } }),
          aQueue("queues", { tryNumber: 2, newTry: true }),
          { kind: "start", slot: 0, taskId: "starts", mapIndex: -1, startedAt: AN_INSTANT, workerId: "w" },
          aSet("sets"),
          aSet("clears", { state: "none", clear: true }),
          { kind: "delete", slot: 0, taskId: "goes", mapIndex: -1 },
        ],
        xcoms: [{ taskId: "ends", mapIndex: -1, key: "k", value: { json: "1" } }],
        assets: [{ uri: "s3://x", taskId: "ends", mapIndex: -1, extra: null }],
        callbacks: [{ scope: "run", event: "success", reason: "r" }],
      });
    const before = await rowsOf(behind);
    const result = await store.commitRuns(all(behind), all(good));
    expect(result.committed).toEqual(new Set([good]));
    expect(result.conflicts).toEqual(new Set());
    expect(await rowsOf(behind)).toEqual(before);
    const states = (await store.queries.listTaskInstances({ runId: good })).items.map((instance) => [
      instance.taskId,
      instance.state,
    ]);
    expect(Object.fromEntries(states)).toEqual({
      new: "none",
      ends: "success",
      queues: "queued",
      starts: "running",
      sets: "scheduled",
      clears: "none",
    });
    const written = await Promise.all(["task_try", "xcom", "asset_event", "outbox"].map((table) => count(table, good)));
    expect(written).toEqual([2, 1, 1, 1]);
  });

  test("of two writers at the same version exactly one commits, whatever else their batches hold", async () => {
    await using other = await testStoreOn(store.url);
    for (let round = 0; round < 20; round++) {
      const runs = await Promise.all([aRunOf(store), aRunOf(store), aRunOf(store)]);
      const by = (name: string, order: readonly number[]): RunChanges[] =>
        order.map((runId) => aChange(runId, { instances: [anEnd("t", { workerId: name })] }));
      const [first, second] = await Promise.all([
        store.commitRuns(...by("first", runs)),
        other.commitRuns(...by("second", runs.toReversed())),
      ]);
      for (const runId of runs) {
        expect(first.committed.has(runId)).not.toBe(second.committed.has(runId));
        expect((await instanceOf(runId))["worker_id"]).toBe(first.committed.has(runId) ? "first" : "second");
      }
    }
  });
});

describe("created runs that exist already", () => {
  test("a taken run key and a taken logical date are conflicts; nothing of them stays, the others commit", async () => {
    const [first, sameKey, sameDate, fine] = [await newRunId(), await newRunId(), await newRunId(), await newRunId()];
    const created = aCreation(first, {}, { instances: [anInsert("t")] });
    await store.commitRuns(created);
    const { runKey, logicalDate } = created.created!;
    const result = await store.commitRuns(
      aCreation(sameKey, { runKey }, { instances: [anInsert("t")] }),
      aCreation(
        sameDate,
        { logicalDate },
        { instances: [anInsert("t")], callbacks: [{ scope: "run", event: "success", reason: "r" }] },
      ),
      aCreation(fine, {}, { instances: [anInsert("t")] }),
    );
    expect(result.committed).toEqual(new Set([fine]));
    expect(result.conflicts).toEqual(new Set([sameKey, sameDate]));
    for (const runId of [sameKey, sameDate]) {
      expect(
        await Promise.all(["run_change", "task_instance", "dag_run", "outbox"].map((table) => count(table, runId))),
      ).toEqual([0, 0, 0, 0]);
    }
  });

  test("two schedulers that create the same due runs create each once", async () => {
    await using other = await testStoreOn(store.url);
    const dates = [1, 2, 3, 4, 5].map((day) => AN_INSTANT - day);
    const batch = async (): Promise<RunChanges[]> => {
      const first = await store.engine.reserveRunIds(dates.length);
      return dates.map((logicalDate, index) =>
        aCreation(first + index, { logicalDate, runKey: `due-${String(logicalDate)}`, runType: "scheduled" }),
      );
    };
    const [mine, theirs] = [await batch(), await batch()];
    const results = await Promise.all([store.commitRuns(...mine), other.commitRuns(...theirs)]);
    expect(results[0].committed.size + results[1].committed.size).toBe(dates.length);
    expect((await store.engine.loadDags(["a-dag"]))[0]?.lastScheduled?.logicalDate).toBe(AN_INSTANT - 1);
  });
});

describe("answers", () => {
  test("a command is answered in the commit that carries it out, and once", async () => {
    const inboxId = await store.engine.send("a-dag", { kind: "trigger" }, "user:x");
    const runId = await newRunId();
    await store.commit({ runs: [aCreation(runId)], answers: [{ inboxId, runId, answer: { ok: true, runId } }] });
    expect(await store.engine.waitForAnswer(inboxId, 1_000)).toEqual({ ok: true, runId });
    expect(await store.engine.readInbox(["a-dag"], 10)).toEqual([]);
    // A deposed scheduler wakes up and carries out the same command once more.
    const again = await newRunId();
    const result = await store.commit({
      runs: [aCreation(again)],
      answers: [{ inboxId, runId: again, answer: { ok: true, runId: again } }],
    });
    expect(result.committed.size).toBe(0);
    expect(await count("dag_run", again)).toBe(0);
    expect(await store.engine.waitForAnswer(inboxId, 1_000)).toEqual({ ok: true, runId });
  });

  test("a command whose run is behind stays in the inbox", async () => {
    const runId = await aRunOf(store, aQueue("t"));
    const inboxId = await store.engine.send("a-dag", { kind: "markRun", runKey: "x", state: "failed" }, "user:x");
    await store.commit({ runs: [aChange(runId)], answers: [{ inboxId, runId, answer: { ok: true } }] });
    expect((await store.engine.readInbox(["a-dag"], 10)).map((row) => row.inboxId)).toEqual([inboxId]);
    await store.commit({ answers: [{ inboxId, answer: { ok: false, code: "NOT_FOUND", message: "no \0 run" } }] });
    expect(await store.engine.waitForAnswer(inboxId, 1_000)).toEqual({
      ok: false,
      code: "NOT_FOUND",
      message: "no \uFFFD run",
    });
  });
});

/** A second process on the same database. */
async function testStoreOn(url: string): Promise<Pick<TestStore, "commitRuns"> & AsyncDisposable> {
  const { openStore } = await import("../open-store.ts");
  const second = await openStore({ url });
  const schedulerId = await second.engine.registerScheduler({ host: "b-host", pid: 1, pidStartedAt: "then" });
  return {
    commitRuns: (...runs) => second.engine.commit({ schedulerId, runs, answers: [], dagPatches: [] }),
    [Symbol.asyncDispose]: () => second.close(),
  };
}
