import { afterAll, beforeAll, expect, test } from "vitest";
import {
  aChange,
  aCreation,
  aFile,
  AN_INSTANT,
  anInsert,
  aQueue,
  aSet,
  testStore,
  type TestStore,
} from "../testing/test-store.ts";

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
  await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag", "b-dag"])], { complete: true, pausedUponCreation: false });
});
afterAll(() => store.close());

test("a DAG that nobody knows has no facts", async () => {
  expect(await store.queries.why({ dagId: "nobody" })).toBeUndefined();
});

test("instances come by task and state, those of the asked map index one by one", async () => {
  const runId = await store.engine.reserveRunIds(1);
  const instances = [0, 1, 2].flatMap((mapIndex) => [
    anInsert("extract", {
      mapIndex,
      state: mapIndex === 1 ? "failed" : "success",
      cause: { code: "X", message: "no" },
    }),
    anInsert("load", { mapIndex }),
  ]);
  await store.commitRuns(
    aCreation(runId, {}, { instances: [...instances, anInsert("gone", { mapIndex: 4, state: "removed" })] }),
  );
  const facts = await store.queries.why({ dagId: "a-dag", runId, mapIndex: 2 });
  expect(facts?.run).toMatchObject({
    runId,
    runKey: `run-${String(runId)}`,
    state: "running",
    startedAt: AN_INSTANT,
    obligations: [],
  });
  const groups = facts?.run?.groups.map(({ taskId, state, count, mapIndex }) => [taskId, state, count, mapIndex]);
  expect(groups).toHaveLength(3);
  expect(groups).toEqual(
    expect.arrayContaining([
      ["extract", "failed", 1, 1],
      ["extract", "success", 2, 0],
      ["load", "none", 3, 0],
    ]),
  );
  expect(facts?.run?.groups.find(({ state }) => state === "failed")?.cause).toEqual({ code: "X", message: "no" });
  expect([...(facts?.run?.mapIndexes ?? [])].sort()).toEqual([0, 2]);
  expect(facts?.run?.instances.map(({ taskId, mapIndex }) => `${taskId}[${String(mapIndex)}]`).sort()).toEqual([
    "extract[0]",
    "extract[2]",
    "load[0]",
    "load[2]",
  ]);
});

test("a DAG's unfinished and ended runs are told of, and the scheduler that is alive", async () => {
  const first = await store.engine.reserveRunIds(3);
  await store.commitRuns(
    aCreation(first, { dagId: "b-dag" }),
    aCreation(first + 1, { dagId: "b-dag" }, { run: { state: "queued" } }),
    aCreation(
      first + 2,
      { dagId: "b-dag" },
      { run: { state: "failed", endedAt: AN_INSTANT, cause: { code: "X", message: "no" } } },
    ),
  );
  const facts = await store.queries.why({ dagId: "b-dag" });
  expect(facts?.run).toBeUndefined();
  expect(facts?.dag.unfinished).toEqual({ running: 1, queued: 1, backfill: 0, runKeys: [`run-${String(first)}`] });
  expect(facts?.dag).toMatchObject({
    failedRunsInRow: 1,
    lastEnded: {
      runKey: `run-${String(first + 2)}`,
      state: "failed",
      endedAt: AN_INSTANT,
      cause: { code: "X", message: "no" },
    },
  });
  expect(facts?.schedulers).toMatchObject([{ schedulerId: store.schedulerId, host: "a-host" }]);
  expect(facts?.pools).toMatchObject([{ pool: "default_pool", slots: 128, includeDeferred: false }]);
});

test("who holds slots is only read while an instance of the run waits for one", async () => {
  const node = { pool: "heavy", poolSlots: 2 };
  const graph = (dagId: string): unknown => ({
    dagId,
    dag: {},
    tasks: [
      { taskId: "t", ...node },
      { taskId: "u", ...node },
    ],
    groups: [],
  });
  await store.sql("update millrace.dag_version set graph = $1 where dag_id = 'a-dag'", [
    JSON.stringify(graph("a-dag")),
  ]);
  const first = await store.engine.reserveRunIds(2);
  const counted = (counts: readonly number[]): { readonly counts: readonly number[] } => ({ counts });
  await store.commitRuns(
    aCreation(first, {}, { instances: [anInsert("t"), anInsert("u")], ...counted([2]) }),
    aCreation(first + 1, {}, { instances: [anInsert("t")], ...counted([1]) }),
  );
  await store.commitRuns(aChange(first, { instances: [aQueue("t")], ...counted([1, 0, 1]) }));
  expect((await store.queries.why({ dagId: "a-dag", runId: first + 1 }))?.slotUses).toEqual([]);
  await store.commitRuns(aChange(first + 1, { instances: [aSet("t")], ...counted([0, 1]) }));
  expect((await store.queries.why({ dagId: "a-dag", runId: first + 1 }))?.slotUses).toEqual([
    {
      dagId: "a-dag",
      runId: first,
      runKey: `run-${String(first)}`,
      isBackfill: false,
      taskId: "t",
      pool: "heavy",
      poolSlots: 2,
      active: 1,
      deferred: 0,
    },
  ]);
});
