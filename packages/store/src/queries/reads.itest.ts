import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatedResults, Page, PageRequest } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aChange,
  aCreation,
  aFile,
  anEnd,
  anInsert,
  AN_INSTANT,
  testStore,
  type TestStore,
} from "../testing/test-store.ts";

let store: TestStore;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-reads-"));
  store = await testStore({ dataFolder: folder });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function allPages<Item>(
  read: (request: PageRequest) => Promise<Page<Item>>,
  limit: number,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let after: string | undefined; ;) {
    const page = await read({ limit, ...(after !== undefined && { after }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = page.next;
  }
}

describe("lists", () => {
  test("runs of one DAG come newest logical date first, runs of all newest id first, each once over all pages", async () => {
    const first = await store.engine.reserveRunIds(7);
    // Ids and dates run against each other.
    const runs = [0, 1, 2, 3, 4, 5, 6].map((index) =>
      aCreation(
        first + index,
        { dagId: index % 2 === 0 ? "even" : "odd", logicalDate: AN_INSTANT - index },
        { run: { state: index < 2 ? "failed" : "running" } },
      ),
    );
    await store.commitRuns(...runs);
    const even = await allPages((request) => store.queries.listRuns({ dagId: "even", ...request }), 2);
    expect(even.map((run) => run.runId - first)).toEqual([0, 2, 4, 6]);
    const all = await allPages((request) => store.queries.listRuns(request), 3);
    expect(all.map((run) => run.runId - first)).toEqual([6, 5, 4, 3, 2, 1, 0]);
    const failed = await allPages((request) => store.queries.listRuns({ states: ["failed"], ...request }), 1);
    expect(failed.map((run) => run.runId - first)).toEqual([1, 0]);
  });

  test("task instances come by task and map index, also when they share a task over pages", async () => {
    const runId = await store.engine.reserveRunIds(1);
    const instances = [anInsert("b"), ...[0, 1, 2, 3].map((mapIndex) => anInsert("a", { mapIndex }))];
    await store.commitRuns(aCreation(runId, {}, { instances }));
    const listed = await allPages((request) => store.queries.listTaskInstances({ runId, ...request }), 2);
    expect(listed.map((instance) => `${instance.taskId}${String(instance.mapIndex)}`)).toEqual([
      "a0",
      "a1",
      "a2",
      "a3",
      "b-1",
    ]);
    await store.commitRuns(aChange(runId, { instances: [anEnd("a", { mapIndex: 2, state: "failed" })] }));
    expect(
      (await store.queries.listTaskInstances({ runId, states: ["failed"] })).items.map((instance) => instance.mapIndex),
    ).toEqual([2]);
    expect((await store.queries.listTaskInstances({ runId, taskId: "b" })).items).toHaveLength(1);
  });

  test("DAGs by id, searched and with those that are gone", async () => {
    await store.engine.saveFiles([aFile("a.dag.ts", ["Apple", "banana", "cherry"])], {
      complete: true,
      pausedUponCreation: false,
    });
    await store.engine.saveFiles([aFile("a.dag.ts", ["Apple", "banana"])], {
      complete: true,
      pausedUponCreation: false,
    });
    expect((await allPages((request) => store.queries.listDags(request), 1)).map((dag) => dag.dagId)).toEqual([
      "Apple",
      "banana",
    ]);
    expect((await store.queries.listDags({ includeInactive: true })).items.map((dag) => dag.active)).toEqual([
      true,
      true,
      false,
    ]);
    expect((await store.queries.listDags({ search: "APP" })).items.map((dag) => dag.dagId)).toEqual(["Apple"]);
    expect(await store.queries.findSource("bundle of a.dag.ts")).toEqual({ file: "a.dag.ts", source: "as written" });
    expect(await store.queries.findDag("none")).toBeUndefined();
  });

  test.each([{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { after: "not ours" }])("refuse %o", async (request) => {
    await expect(store.queries.listRuns(request)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  });
});

describe("single things", () => {
  test("a run by key, by id, by logical date, and the one before it", async () => {
    const first = await store.engine.reserveRunIds(3);
    const types = ["scheduled", "manual", "manual"] as const;
    const creations = types.map((runType, index) =>
      aCreation(
        first + index,
        { dagId: "one", runType, conf: '{"x":1}', note: "a \0 note" },
        { instances: [anInsert("t")] },
      ),
    );
    await store.commitRuns(...creations);
    const { logicalDate } = creations[2].created!;
    expect(await store.engine.findRunId("one", `run-${String(first)}`)).toBe(first);
    expect(await store.engine.findRunId("one", "none")).toBeUndefined();
    expect(await store.engine.findRunByLogicalDate("one", logicalDate)).toBe(first + 2);
    expect(await store.engine.findPreviousRunId("one", logicalDate, false)).toBe(first + 1);
    expect(await store.engine.findPreviousRunId("one", logicalDate, true)).toBe(first);
    expect(await store.queries.findRun("one", `run-${String(first)}`)).toMatchObject({
      runId: first,
      conf: '{"x":1}',
      note: "a \uFFFD note",
    });
    expect(
      (await store.engine.loadLiveRuns(["one"])).map(({ run, instances }) => [run.runId, instances.length]),
    ).toEqual([
      [first, 1],
      [first + 1, 1],
      [first + 2, 1],
    ]);
    await store.commitRuns(aChange(first + 1, { run: { state: "success" } }));
    expect((await store.engine.loadLiveRuns(["one"])).map(({ run }) => run.runId)).toEqual([first, first + 2]);
    expect(await store.engine.readState({ dagId: "one" })).toBe("running");
    expect(await store.engine.readState({ dagId: "one", runKey: `run-${String(first + 1)}` })).toBe("success");
    expect(await store.engine.readState({ dagId: "one", logicalDate, taskId: "t" })).toBe("none");
    expect(await store.engine.readState({ dagId: "none" })).toBeUndefined();
  });

  test("a run's head by key, by logical date, and the latest", async () => {
    const first = await store.engine.reserveRunIds(2);
    await store.commitRuns(aCreation(first, { dagId: "heads" }), aCreation(first + 1, { dagId: "heads" }));
    const logicalDate = AN_INSTANT + first * 3_600_000_000;
    expect(await store.engine.findRun({ dagId: "heads", logicalDate })).toEqual({
      runId: first,
      dagId: "heads",
      runKey: `run-${String(first)}`,
      dagVersion: 1,
      logicalDate,
      state: "running",
      triggeredBy: "user:test",
    });
    expect(await store.engine.findRun({ dagId: "heads", runKey: `run-${String(first)}` })).toMatchObject({
      runId: first,
    });
    expect(await store.engine.findRun({ dagId: "heads" })).toMatchObject({ runId: first + 1 });
    expect(await store.engine.findRun({ dagId: "heads", runKey: "none" })).toBeUndefined();
  });

  test("states of the asked tasks are counted over their map indexes", async () => {
    const runId = await store.engine.reserveRunIds(1);
    const instances = [anInsert("a"), anInsert("b"), ...[0, 1, 2].map((mapIndex) => anInsert("m", { mapIndex }))];
    await store.commitRuns(aCreation(runId, {}, { instances }));
    await store.commitRuns(aChange(runId, { instances: [anEnd("m", { mapIndex: 1 })] }));
    const counted = await store.engine.countTaskStates(runId, ["m", "a", "absent"]);
    expect([...counted].sort((x, y) => `${x.taskId}${x.state}`.localeCompare(`${y.taskId}${y.state}`))).toEqual([
      { taskId: "a", state: "none", count: 1 },
      { taskId: "m", state: "none", count: 2 },
      { taskId: "m", state: "success", count: 1 },
    ]);
  });

  test("the first try of an instance counts from its last clear after an end, not from a retry", async () => {
    const runId = await store.engine.reserveRunIds(1);
    await store.commitRuns(aCreation(runId, {}, { instances: [anInsert("t")] }));
    const asked = { runId, taskId: "t", mapIndex: -1 };
    expect(await store.engine.findFirstTry(asked)).toBe(1);
    const history = (tryNumber: number, state: string): Promise<unknown> =>
      store.sql(
        `insert into millrace.task_try (run_id, task_id, map_index, try_number, max_tries, restarts, state) values ($1, 't', -1, $2, 3, 0, $3)`,
        [runId, tryNumber, state],
      );
    await history(1, "up_for_retry");
    expect(await store.engine.findFirstTry(asked)).toBe(1);
    await history(2, "failed");
    await history(3, "up_for_retry");
    expect(await store.engine.findFirstTry(asked)).toBe(3);
  });

  test("results of one instance, of all that succeeded in index order, and XComs by key", async () => {
    const runId = await store.engine.reserveRunIds(1);
    const ends = [2, 0, 10, 1].map((mapIndex) =>
      anEnd("m", { mapIndex, state: mapIndex === 1 ? "failed" : "success", result: { json: String(mapIndex) } }),
    );
    await store.commitRuns(
      aCreation(runId, {}, { instances: [0, 1, 2, 10].map((mapIndex) => anInsert("m", { mapIndex })) }),
    );
    await store.commitRuns(
      aChange(runId, {
        instances: ends,
        xcoms: [{ taskId: "m", mapIndex: 0, key: "k", value: { json: '"x"', meta: "m" } }],
      }),
    );
    const results = await store.engine.readResults([
      { runId, taskId: "m", key: "k" },
      { runId, taskId: "m" },
      { runId, taskId: "m", mapIndex: 2, key: "return_value" },
      { runId, taskId: "m", mapIndex: 1 },
      { runId, taskId: "none" },
    ]);
    expect(results).toEqual([
      [{ json: '"x"', meta: "m" }],
      [{ json: "0" }, { json: "2" }, { json: "10" }],
      [{ json: "2" }],
      [],
      [],
    ]);
  });

  test("results by logical date: of that run, or of the latest before it that left any", async () => {
    const first = await store.engine.reserveRunIds(4);
    const at = (index: number): number => AN_INSTANT + index;
    for (const index of [0, 1, 2, 3])
      await store.commitRuns(
        aCreation(
          first + index,
          { dagId: "dated", logicalDate: at(index) },
          { instances: index === 0 ? [0, 1].map((mapIndex) => anInsert("t", { mapIndex })) : [anInsert("t")] },
        ),
      );
    const end = (state: "success" | "failed", json: string, mapIndex = -1): ReturnType<typeof anEnd> =>
      anEnd("t", { mapIndex, state, result: { json } });
    await store.commitRuns(
      aChange(first, { instances: [end("success", '"a"', 0), end("success", '"b"', 1)] }),
      aChange(first + 1, {
        instances: [end("success", '"c"')],
        xcoms: [{ taskId: "t", mapIndex: -1, key: "k", value: { json: "1", meta: "m" } }],
      }),
      aChange(first + 2, { instances: [end("failed", '"d"')] }),
    );
    const find = (index: number, orBefore: boolean, more: object = {}): Promise<DatedResults | undefined> =>
      store.engine.findDatedResults({ dagId: "dated", taskId: "t", logicalDate: at(index), orBefore, ...more });
    expect(await find(0, false)).toEqual({ isMapped: true, values: [{ json: '"a"' }, { json: '"b"' }] });
    expect(await find(0, true, { mapIndex: 1 })).toEqual({ isMapped: true, values: [{ json: '"b"' }] });
    expect(await find(1, false)).toEqual({ isMapped: false, values: [{ json: '"c"' }] });
    expect(await find(3, false)).toBeUndefined();
    expect(await find(3, true)).toEqual({ isMapped: false, values: [{ json: '"c"' }] });
    expect(await find(3, true, { mapIndex: 0 })).toEqual({ isMapped: true, values: [{ json: '"a"' }] });
    expect(await find(3, true, { key: "k" })).toEqual({ isMapped: false, values: [{ json: "1", meta: "m" }] });
    expect(await find(0, true, { key: "k" })).toBeUndefined();
    expect(await find(3, true, { dagId: "other" })).toBeUndefined();
  });
});

describe("settings", () => {
  test("variables in clear and secret ones, which no list and no row shows", async () => {
    await store.queries.setVariable({ key: "plain", value: "one", secret: false, description: "d" });
    await store.queries.setVariable({ key: "hidden", value: "password", secret: true });
    expect(await store.engine.readVariable("plain")).toBe("one");
    expect(await store.engine.readVariable("hidden")).toBe("password");
    expect(await store.engine.readVariable("none")).toBeUndefined();
    expect(
      (await allPages((request) => store.queries.listVariables(request), 1)).map(({ key, value }) => [key, value]),
    ).toEqual([
      ["hidden", undefined],
      ["plain", "one"],
    ]);
    expect(JSON.stringify(await store.sql("select * from millrace.variable"))).not.toContain("password");
    await store.queries.setVariable({ key: "hidden", value: "public", secret: false });
    expect(await store.queries.findVariable("hidden")).toBe("public");
    await store.queries.deleteVariable("hidden");
    await expect(store.queries.deleteVariable("hidden")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(store.queries.setVariable({ key: "a\0", value: "", secret: false })).rejects.toMatchObject({
      code: "DATA_REJECTED",
    });
  });

  test("nothing is called by an empty name", async () => {
    const pool = { pool: "", slots: 1, description: "d", includeDeferred: false, order: "fair" } as const;
    const writes = [
      store.queries.setVariable({ key: "", value: "x", secret: false }),
      store.queries.setPool(pool),
      store.queries.setConnection({ connectionId: "", connectionType: "http", value: "https://h" }),
      store.settings.variables.set({ key: "", value: "x", secret: false, description: null }),
      store.settings.pools.create(pool),
      store.settings.pools.replace("default_pool", pool),
    ];
    const refusals = (await Promise.allSettled(writes)).map((ended) => ended.status === "rejected" && ended.reason);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ code: "BAD_ARGUMENT", message: expect.stringContaining("must not be empty") });
  });

  test("connections are sealed whole and open with the key file of another process", async () => {
    await store.queries.setConnection({ connectionId: "c", connectionType: "http", value: "https://u:password@h" });
    expect(JSON.stringify(await store.sql("select * from millrace.connection"))).not.toContain("password");
    await using other = await testStoreBeside(store.url, folder);
    expect(await other.engine.readConnection("c")).toBe("https://u:password@h");
    expect((await store.queries.listConnections()).items).toMatchObject([
      { connectionId: "c", connectionType: "http" },
    ]);
    await store.queries.deleteConnection("c");
    expect(await store.queries.findConnection("c")).toBeUndefined();
    await expect(store.queries.deleteConnection("c")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("pools: the default one stays, slots are checked", async () => {
    await store.queries.setPool({ pool: "p", slots: 2, description: "d", includeDeferred: false, order: "fair" });
    expect((await store.queries.listPools()).map((pool) => pool.pool)).toEqual(["default_pool", "p"]);
    await store.queries.deletePool("p");
    await expect(store.queries.deletePool("p")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(store.queries.deletePool("default_pool")).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(
      store.queries.setPool({ pool: "p", slots: -2, description: "", includeDeferred: false, order: "fair" }),
    ).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
    expect(await store.queries.listSchedulers()).toMatchObject([{ schedulerId: store.schedulerId, host: "a-host" }]);
  });
});

async function testStoreBeside(url: string, dataFolder: string): Promise<Pick<TestStore, "engine"> & AsyncDisposable> {
  const { openStore } = await import("../open-store.ts");
  const { engine, close } = await openStore({ url, dataFolder });
  return { engine, [Symbol.asyncDispose]: close };
}
