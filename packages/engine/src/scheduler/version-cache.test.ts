import { DEFAULT_RULES, type EngineStore, type Graph, type Run, type VersionKey } from "@millrace/core";
import { expect, test } from "vitest";
import { VersionCache } from "./version-cache.ts";

/** As many tasks as are kept for nobody. */
const MANY = 50_000;

/** A store of graphs with so many tasks, which hands out two of them at a time. */
function graphsOf(tasks: Readonly<Record<string, number>>): {
  readonly store: EngineStore;
  readonly asked: string[][];
} {
  const asked: string[][] = [];
  const graphOf = (dagId: string): Graph =>
    ({ dagId, dag: {}, groups: [], tasks: Array.from({ length: tasks[dagId] }, aTask) }) as unknown as Graph;
  const codeOf = ({ dagId, version }: VersionKey): object => ({
    dagId,
    version,
    graph: graphOf(dagId),
    graphHash: "",
    bundleHash: "",
  });
  const store = {
    loadGraph: async (dagId: string, version: number) => codeOf({ dagId, version }),
    loadGraphs: async (keys: readonly VersionKey[]) => {
      asked.push(keys.map(({ dagId }) => dagId));
      return keys
        .filter(({ dagId }) => tasks[dagId] !== undefined)
        .slice(0, 2)
        .map(codeOf);
    },
  };
  return { store: store as unknown as EngineStore, asked };
}

const aTask = (_: unknown, index: number): object => ({
  taskId: `t${index}`,
  upstream: [],
  triggerRule: "all_success",
});
const first = (dagId: string): VersionKey => ({ dagId, version: 1 });
const NEWEST = { runs: [], newest: () => 1 };

test("what does not come with the first answer is asked for again, what does not exist is passed over", async () => {
  const { store, asked } = graphsOf({ a: 1, b: 1, c: 1 });
  const cache = new VersionCache(DEFAULT_RULES);
  await cache.load(["x", "a", "b", "c", "y", "a"].map(first), store);
  expect(["a", "b", "c", "x"].map((dagId) => cache.find(dagId, 1) !== undefined)).toEqual([true, true, true, false]);
  await cache.load(["a", "b", "c"].map(first), store);
  expect(asked).toEqual([
    ["x", "a", "b", "c", "y"],
    ["x", "c", "y"],
    ["x", "y"],
  ]);
});

test("those that were asked for the longest time ago are forgotten first", async () => {
  const { store } = graphsOf({ a: MANY / 2, b: MANY / 2, c: MANY / 2 });
  const cache = new VersionCache(DEFAULT_RULES);
  for (const dagId of ["a", "b", "c"]) await cache.get(first(dagId), store);
  cache.find("a", 1);
  cache.forgetIdle(NEWEST);
  expect(["a", "b", "c"].map((dagId) => cache.find(dagId, 1) !== undefined)).toEqual([true, false, true]);
});

test("the last one stays however large it is: it may have been read for the next tick", async () => {
  const { store } = graphsOf({ a: 1, b: MANY + 1 });
  const cache = new VersionCache(DEFAULT_RULES);
  for (const dagId of ["a", "b"]) await cache.get(first(dagId), store);
  cache.forgetIdle(NEWEST);
  expect(["a", "b"].map((dagId) => cache.find(dagId, 1) !== undefined)).toEqual([false, true]);
});

test("a version that a run in memory has stays; an older one that none has goes, and so does one of a DAG that somebody else drives", async () => {
  const { store } = graphsOf({ a: 1, b: 1, c: MANY, d: MANY });
  const cache = new VersionCache(DEFAULT_RULES);
  const old = await cache.get(first("a"), store);
  await cache.get(first("b"), store);
  await cache.get(first("c"), store);
  await cache.get(first("d"), store);
  const large = cache.find("c", 1);
  const newest: Readonly<Record<string, number>> = { a: 2, c: 1, d: 1 };
  const runs = [{ compiled: large?.compiled }] as unknown as readonly Run[];
  cache.forgetIdle({ runs, newest: (dagId) => newest[dagId] });
  expect(["a", "b", "c", "d"].map((dagId) => cache.find(dagId, 1) !== undefined)).toEqual([false, false, true, true]);
  await cache.get(first("a"), store);
  cache.forgetIdle({
    runs: [{ compiled: cache.find("a", 1)?.compiled }] as unknown as readonly Run[],
    newest: (dagId) => newest[dagId],
  });
  expect(cache.find("a", 1)).toBeDefined();
  expect(cache.find("a", 1)).not.toBe(old);
});

test("a DAG that is dropped leaves nothing behind", async () => {
  const { store } = graphsOf({ a: 1, b: 1 });
  const cache = new VersionCache(DEFAULT_RULES);
  await cache.load(["a", "b"].map(first), store);
  cache.forgetDag("a");
  expect(cache.find("a", 1)).toBeUndefined();
  expect(cache.find("b", 1)).toBeDefined();
});
