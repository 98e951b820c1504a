import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DueRun, Graph, GraphDag } from "@millrace/core";
import { aCreation, aFile, aGraph, AN_INSTANT, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;
beforeEach(async () => {
  store = await testStore();
});
afterEach(() => store.close());

const ALL = { complete: true, pausedUponCreation: false } as const;
const SOME = { complete: false, pausedUponCreation: false } as const;
const active = async (): Promise<readonly string[]> => (await store.queries.listDags()).items.map((dag) => dag.dagId);

const save = async (dagIds: readonly string[], options: Partial<GraphDag>): Promise<void> => {
  const graphOf = (dagId: string): Graph => ({ ...aGraph(dagId), dag: { ...aGraph(dagId).dag, ...options } });
  const file = aFile("a.dag.ts", dagIds);
  const dags = file.dags.map((dag) => ({ ...dag, graph: graphOf(dag.dagId) }));
  await store.engine.saveFiles([{ ...file, dags }], ALL);
};

describe("versions", () => {
  test("the number grows when bundle, graph or lockfile change, and only then", async () => {
    const save = async (dag: Parameters<typeof aFile>[2]): Promise<unknown> =>
      await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"], dag)], ALL);
    expect(await save({})).toEqual([{ dagId: "a-dag", version: 1, isNew: true }]);
    expect(await save({})).toEqual([{ dagId: "a-dag", version: 1, isNew: false }]);
    expect(await save({ graphHash: "graph 2" })).toEqual([{ dagId: "a-dag", version: 2, isNew: true }]);
    expect(await save({ lockHash: "lock 2" })).toEqual([{ dagId: "a-dag", version: 3, isNew: true }]);
    expect(await save({})).toEqual([{ dagId: "a-dag", version: 4, isNew: true }]);
    expect((await store.queries.listVersions("a-dag")).map((version) => version.version)).toEqual([4, 3, 2, 1]);
    expect((await store.engine.loadGraph("a-dag", 2)).graph.dagId).toBe("a-dag");
    await expect(store.engine.loadGraph("a-dag", 9)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await store.engine.loadBundle("bundle of a.dag.ts")).toEqual({ code: "compiled", file: "a.dag.ts" });
    await expect(store.engine.loadBundle("none")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("two processors that save the same change number it once", async () => {
    const save = (): ReturnType<TestStore["engine"]["saveFiles"]> =>
      store.engine.saveFiles([aFile("a.dag.ts", ["a-dag", "b-dag"])], ALL);
    const saved = (await Promise.all([save(), save(), save()])).flat();
    expect(saved.map((dag) => dag.version)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(saved.filter((dag) => dag.isNew)).toHaveLength(2);
  });
});

describe("vanished and broken files", () => {
  test("a DAG whose file is gone becomes inactive, and active again with its file", async () => {
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"]), aFile("b.dag.ts", ["b-dag"])], ALL);
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"])], SOME);
    expect(await active()).toEqual(["a-dag", "b-dag"]);
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"])], ALL);
    expect(await active()).toEqual(["a-dag"]);
    await store.engine.saveFiles([aFile("b.dag.ts", ["b-dag"])], SOME);
    expect(await active()).toEqual(["a-dag", "b-dag"]);
  });

  test("a DAG that left its file becomes inactive without a complete scan; one that moved goes on", async () => {
    await store.engine.saveFiles([aFile("a.dag.ts", ["gone", "moved", "stays"])], ALL);
    await store.engine.saveFiles([aFile("a.dag.ts", ["stays"]), aFile("b.dag.ts", ["moved"])], SOME);
    expect(await active()).toEqual(["moved", "stays"]);
    expect((await store.queries.findDag("moved"))?.file).toBe("b.dag.ts");
  });

  test("a broken file keeps its DAGs on their last good version; its errors are replaced, and go when it is whole", async () => {
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"])], ALL);
    const broken = (message: string): Parameters<TestStore["engine"]["saveFiles"]>[0] => [
      { file: "a.dag.ts", dags: [], errors: [{ file: "a.dag.ts", message, line: 3 }] },
    ];
    await store.engine.saveFiles(broken("first \0"), ALL);
    await store.engine.saveFiles(broken("second"), SOME);
    expect(await active()).toEqual(["a-dag"]);
    expect(await store.queries.listImportErrors()).toMatchObject([{ file: "a.dag.ts", message: "second", line: 3 }]);
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"])], SOME);
    expect(await store.queries.listImportErrors()).toEqual([]);
    await store.engine.saveFiles(broken("third"), ALL);
    await store.engine.saveFiles([], ALL);
    expect(await store.queries.listImportErrors()).toEqual([]);
  });
});

describe("what an owner loads", () => {
  test("paused by default or by the DAG's own word, at its creation only", async () => {
    const graph = aGraph("b-dag");
    const own = aFile("b.dag.ts", ["b-dag"], { graph: { ...graph, dag: { ...graph.dag, pausedUponCreation: false } } });
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"]), own], { complete: true, pausedUponCreation: true });
    expect((await store.engine.loadDags(["a-dag", "b-dag"])).map((dag) => dag.paused)).toEqual([true, false]);
    await store.commit({ dagPatches: [{ dagId: "a-dag", paused: false }] });
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"], { graphHash: "graph 2" })], {
      complete: false,
      pausedUponCreation: true,
    });
    expect((await store.engine.loadDags(["a-dag"]))[0]).toMatchObject({ paused: false, version: 2 });
  });

  test("times of a custom timetable, the last scheduled run and the next one", async () => {
    const due = (at: number): DueRun => ({
      logicalDate: at,
      intervalStart: at + 1,
      intervalEnd: at + 2,
      runAfter: at + 3,
    });
    const customTimes = [due(AN_INSTANT), due(AN_INSTANT + 9)];
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"], { customTimes })], ALL);
    const next = {
      logicalDate: AN_INSTANT,
      intervalStart: AN_INSTANT,
      intervalEnd: AN_INSTANT + 5,
      runAfter: AN_INSTANT + 5,
    };
    const first = await store.engine.reserveRunIds(3);
    await store.commit({
      runs: [
        aCreation(first, { runType: "scheduled" }),
        aCreation(first + 1, { runType: "scheduled" }),
        aCreation(first + 2),
      ],
      dagPatches: [{ dagId: "a-dag", nextRun: next }],
    });
    const [dag] = await store.engine.loadDags(["a-dag"]);
    expect(dag).toMatchObject({
      customTimes,
      lastScheduled: { logicalDate: AN_INSTANT + (first + 1) * 3_600_000_000 },
    });
    expect((await store.queries.listDags()).items[0]?.nextRun).toEqual(next);
    await store.commit({ dagPatches: [{ dagId: "a-dag", nextRun: null }] });
    expect((await store.queries.findDag("a-dag"))?.nextRun).toBeUndefined();
  });

  test("failed runs in a row, newest first, since the last success", async () => {
    await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"])], ALL);
    const first = await store.engine.reserveRunIds(6);
    const states = ["failed", "success", "failed", "failed", "running", "failed"] as const;
    await store.commit({ runs: states.map((state, index) => aCreation(first + index, {}, { run: { state } })) });
    expect(await store.engine.countFailedRuns(["a-dag", "b-dag"])).toEqual(new Map([["a-dag", 3]]));
  });

  test("graphs come in the order of their keys, as many as fit; those that do not exist are left out", async () => {
    const docMd = "a".repeat(2_100_000);
    await save(["a-dag", "b-dag", "c-dag", "d-dag"], { docMd });
    const keys = ["d-dag", "x-dag", "b-dag", "a-dag", "c-dag"].map((dagId) => ({ dagId, version: 1 }));
    const found = await store.engine.loadGraphs(keys);
    expect(found.map(({ dagId, graph }) => [dagId, graph.dagId])).toEqual([
      ["d-dag", "d-dag"],
      ["b-dag", "b-dag"],
    ]);
    expect((await store.engine.loadGraphs(keys.slice(3))).map(({ dagId }) => dagId)).toEqual(["a-dag", "c-dag"]);
    expect(await store.engine.loadGraphs([{ dagId: "a-dag", version: 2 }])).toEqual([]);
    await expect(store.engine.loadGraph("a-dag", 2)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a DAG is known by what its newest version says, without its tasks", async () => {
    await save(["a-dag"], { maxActiveRuns: 3 });
    const [dag] = await store.engine.loadDags(["a-dag", "no-dag"]);
    expect(dag?.settings).toEqual({ ...aGraph("a-dag").dag, maxActiveRuns: 3 });
    expect(JSON.stringify(dag)).not.toContain('"tasks"');
  });
});
