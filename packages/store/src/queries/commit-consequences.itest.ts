import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aChange,
  aCreation,
  aFile,
  anEnd,
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

describe("tries", () => {
  test("a new try puts the old one into the history as it ended", async () => {
    const runId = await aRunOf(
      store,
      aQueue("t"),
      anEnd("t", {
        state: "up_for_retry",
        dueAt: AN_INSTANT,
        cause: { code: "TASK_FAILED", message: "boom" },
        rendered: "{}",
      }),
    );
    await store.commitRuns(
      aChange(runId, {
        version: 4,
        instances: [aQueue("t", { tryNumber: 2, newTry: true, dispatchId: "f".repeat(32) })],
      }),
    );
    const tries = await store.queries.listTries({ runId, taskId: "t", mapIndex: -1 });
    expect(tries).toMatchObject([
      { tryNumber: 1, state: "up_for_retry", cause: { message: "boom" }, startedAt: AN_INSTANT },
      { tryNumber: 2, state: "queued" },
    ]);
    expect(tries[1]).toMatchObject({ startedAt: undefined, cause: undefined });
    expect(await instanceOf(runId)).toMatchObject({ due_at: null, ended_at: null, worker_id: null, rendered: null });
    // Sensors time out across retries.
    expect((await store.engine.loadRun(runId))?.instances[0]?.firstStartedAt).toBe(AN_INSTANT);
  });

  test("R8: a retry that had to wait for a slot is in the history with its cause, as a retry", async () => {
    const cause = { code: "TASK_FAILED", message: "boom" };
    const runId = await aRunOf(
      store,
      aQueue("t"),
      anEnd("t", { state: "up_for_retry", dueAt: AN_INSTANT, cause }),
      aSet("t", { state: "scheduled" }),
      aQueue("t", { tryNumber: 2, newTry: true, dispatchId: "f".repeat(32) }),
    );
    const tries = await store.queries.listTries({ runId, taskId: "t", mapIndex: -1 });
    expect(tries).toMatchObject([
      { tryNumber: 1, state: "up_for_retry", cause },
      { tryNumber: 2, state: "queued" },
    ]);
    expect(tries[1].cause).toBeUndefined();
  });

  test("a clear empties the instance, its XComs and results, and keeps the try in the history", async () => {
    const runId = await aRunOf(store, aQueue("t"), anEnd("t", { result: { json: "1" } }));
    await store.commitRuns(
      aChange(runId, { version: 4, xcoms: [{ taskId: "t", mapIndex: -1, key: "k", value: { json: "2" } }] }),
    );
    expect(await store.queries.findXCom({ runId, taskId: "t", mapIndex: -1 }, "k")).toEqual({ json: "2" });
    await store.commitRuns(
      aChange(runId, { version: 5, instances: [aSet("t", { state: "none", clear: true, maxTries: 2 })] }),
    );
    expect(await store.queries.findXCom({ runId, taskId: "t", mapIndex: -1 }, "k")).toBeUndefined();
    expect(await store.queries.findXCom({ runId, taskId: "t", mapIndex: -1 })).toBeUndefined();
    expect(await store.queries.listTries({ runId, taskId: "t", mapIndex: -1 })).toMatchObject([
      { tryNumber: 1, state: "success" },
    ]);
    // The next hand-over finds nothing more to archive.
    await store.commitRuns(aChange(runId, { version: 6, instances: [aQueue("t", { tryNumber: 2, newTry: true })] }));
    expect((await store.queries.listTries({ runId, taskId: "t", mapIndex: -1 })).map((one) => one.tryNumber)).toEqual([
      1, 2,
    ]);
  });

  test("a look again after a reschedule continues its try: first start stays, logs add up, the state is handed on", async () => {
    const log = (
      segment: string,
    ): { host: string; segment: string; from: number; to: number; lines: number; tail: string; complete: boolean } => ({
      host: "h",
      segment,
      from: 0,
      to: 1,
      lines: 1,
      tail: "",
      complete: true,
    });
    const runId = await aRunOf(
      store,
      aQueue("t"),
      anEnd("t", { state: "up_for_reschedule", dueAt: AN_INSTANT + 9, resume: "again", log: log("one") }),
      aQueue("t"),
    );
    expect((await store.engine.loadRun(runId))?.instances[0]).toMatchObject({
      state: "queued",
      resume: "again",
      firstStartedAt: AN_INSTANT,
    });
    await store.commitRuns(
      aChange(runId, { version: 5, instances: [anEnd("t", { startedAt: AN_INSTANT + 10, log: log("two") })] }),
    );
    expect(await instanceOf(runId)).toMatchObject({ resume: null });
    expect((await store.engine.loadRun(runId))?.instances[0]).toMatchObject({
      startedAt: AN_INSTANT + 10,
      firstStartedAt: AN_INSTANT,
    });
    expect((await store.queries.readLogRefs({ runId, taskId: "t", mapIndex: -1 })).map((one) => one.segment)).toEqual([
      "one",
      "two",
    ]);
    expect(await store.queries.listTries({ runId, taskId: "t", mapIndex: -1 })).toHaveLength(1);
  });

  test("an instance that is being stopped keeps its dispatch, any other decided state ends it", async () => {
    const runId = await aRunOf(store, aQueue("t"), aSet("t", { state: "restarting" }));
    expect((await store.engine.loadRun(runId))?.instances[0]).toMatchObject({
      state: "restarting",
      dispatchId: "0".repeat(31) + "1",
    });
    const instance = { runId, taskId: "t", mapIndex: -1 };
    expect(await store.engine.findDispatch(instance)).toEqual({ dispatchId: "0".repeat(31) + "1", tryNumber: 1 });
    expect(await store.engine.findDispatch({ ...instance, mapIndex: 0 })).toBeUndefined();
    await store.commitRuns(
      aChange(runId, {
        version: 4,
        instances: [aSet("t", { state: "failed", endedAt: AN_INSTANT, cause: { code: "C", message: "m" } })],
      }),
    );
    expect((await store.engine.loadRun(runId))?.instances[0]?.dispatchId).toBeUndefined();
    expect(await store.engine.findDispatch(instance)).toBeUndefined();
  });
});

describe("consequences", () => {
  test("an asset's update is queued for each DAG that waits for it, and a run consumes it", async () => {
    const waits = {
      kind: "assets",
      rule: { any: [{ asset: "s3://up" }, { all: [{ asset: "s3://up" }, { asset: "s3://other" }] }] },
    } as const;
    const dag = aFile("b.dag.ts", ["b-dag"]).dags[0];
    const graph = { ...dag.graph, dag: { ...dag.graph.dag, schedule: waits } };
    await store.engine.saveFiles([{ ...aFile("b.dag.ts", []), dags: [{ ...dag, graph }] }], {
      complete: false,
      pausedUponCreation: false,
    });
    const runId = await aRunOf(store);
    await store.commitRuns(
      aChange(runId, {
        assets: [
          { uri: "s3://up", taskId: "t", mapIndex: -1, extra: '{"rows":1}' },
          { uri: "s3://nobody", taskId: "t", mapIndex: -1, extra: null },
        ],
      }),
    );
    const queued = await store.engine.queuedAssetEvents(["b-dag"]);
    expect(queued).toMatchObject([{ dagId: "b-dag", uri: "s3://up" }]);
    const assetEventIds = queued.map((event) => event.eventId);
    await store.commitRuns(aCreation(await newRunId(), { dagId: "b-dag", runKey: "taken" }));
    const taken = await newRunId();
    const conflict = await store.commitRuns(
      aCreation(taken, { dagId: "b-dag", runKey: "taken", assetEventIds, note: "n" }),
    );
    expect(conflict.conflicts).toEqual(new Set([taken]));
    expect(await store.engine.queuedAssetEvents(["b-dag"])).toEqual(queued);
    const next = await newRunId();
    await store.commitRuns(
      aCreation(next, {
        dagId: "b-dag",
        runType: "asset_triggered",
        assetEventIds: queued.map((event) => event.eventId),
      }),
    );
    expect(await store.engine.queuedAssetEvents(["b-dag"])).toEqual([]);
    expect(await count("run_asset_event", next)).toBe(1);
  });

  test("callbacks wait in the outbox until their end is written", async () => {
    const runId = await aRunOf(store);
    await store.commitRuns(
      aChange(runId, {
        callbacks: [{ scope: "task", event: "failure", taskId: "t", mapIndex: -1, tryNumber: 1, reason: "why" }],
      }),
    );
    const take = (): ReturnType<typeof store.engine.takeOutbox> =>
      store.engine.takeOutbox(store.schedulerId, ["a-dag"], 100);
    const [row] = (await take()).filter((taken) => taken.runId === runId);
    expect(row).toMatchObject({
      dagId: "a-dag",
      runKey: `run-${String(runId)}`,
      scope: "task",
      event: "failure",
      taskId: "t",
      reason: "why",
      attempts: 1,
    });
    expect((await take()).filter((taken) => taken.runId === runId)).toEqual([]);
    await store.engine.finishOutbox(row.outboxId, { ok: false, error: "no", retryAfterMicros: 0 });
    expect((await take()).find((taken) => taken.runId === runId)).toMatchObject({ attempts: 2 });
    await store.engine.finishOutbox(row.outboxId, { ok: true }, "its log");
    expect(await store.sql("select ok, log, attempts from millrace.callback_end where run_id = $1", [runId])).toEqual([
      { ok: true, log: "its log", attempts: 2 },
    ]);
    expect(await count("outbox", runId)).toBe(0);
  });

  test("the changes can be read in SQL", async () => {
    const runId = await aRunOf(store, aQueue("t"), anEnd("t"));
    const rows = await store.sql(
      "select changes::json -> 'ti' -> 0 ->> 2 as state from millrace.run_change where run_id = $1 order by version",
      [runId],
    );
    expect(rows.map((row) => row["state"])).toEqual([null, "queued", "success"]);
    expect(await store.queries.listChanges(runId, 1)).toMatchObject([
      { version: 2, by: store.schedulerId },
      { version: 3 },
    ]);
  });
});
