// Dynamic mapping through the real engine: products, zips, chains, groups, joins, names, limits, lists that change.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, clearRun, deployFiles, finishRun, mostAtOnce, resultOf } from "../harness/finish-run.ts";

let engine: EngineHarness;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-mapping-"));
  engine = await startEngine();
  await deployFiles(engine, "mapping.dag.ts");
});
afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true });
});

describe("mapped tasks", () => {
  test("products, zips, maps, chains and joins give their results in order of the index", async () => {
    const { runId, states, state } = await finishRun(engine, "maps");
    const joined = (await resultOf(engine, runId, "joined")) as Record<string, readonly unknown[]>;
    expect(joined.product).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
    expect(joined.zipped).toEqual(["x1", "y2"]);
    expect(joined.again).toEqual(["a1!", "a2!", "a3!", "b1!", "b2!", "b3!"]);
    expect(joined.pairs).toEqual(["k1"]);
    expect(joined.named).toEqual([1, 2, 3].map((n) => [n, n - 1, { n }]));
    expect(await resultOf(engine, runId, "streamed")).toBe("a1!a2!a3!b1!b2!b3!");
    // A skipped instance has no result: what maps over the results has one instance less.
    expect([joined.odd, joined.oddAgain]).toEqual([
      [1, 3],
      [10, 30],
    ]);
    expect([states["odd[1]"], states.odd_strictly]).toEqual(["skipped", "skipped"]);
    expect(Object.keys(states).filter((key) => key.startsWith("odd_again"))).toHaveLength(2);
    expect(state).toBe("success");
  });

  test("an empty list skips the task, and what follows by its rule", async () => {
    const { states, runId } = await finishRun(engine, "maps");
    expect(states).toMatchObject({ none: "skipped", after_none: "skipped", after_none_gently: "success" });
    expect((await causesOf(engine, runId)).none.code).toBe("NOTHING_TO_MAP");
    expect(await resultOf(engine, runId, "after_none_gently")).toEqual([]);
  });

  test("a param of the run may be the list", async () => {
    const { states } = await finishRun(engine, "maps", { conf: '{"letters":["z"]}' });
    expect(Object.keys(states).filter((key) => key.startsWith("product"))).toHaveLength(3);
  });

  test("what is pulled of a mapped task is a list, also of one, or what an index has", async () => {
    const { runId } = await finishRun(engine, "maps", { conf: '{"letters":["z"]}' });
    expect(await resultOf(engine, runId, "pulled")).toEqual([["k1"], "z2", "['k1'] ['z1', 'no']"]);
  });

  test("each index has its name", async () => {
    const { runId } = await finishRun(engine, "maps");
    const { items } = await engine.store.queries.listTaskInstances({ runId, taskId: "named" });
    expect(items.map(({ mapName }) => mapName)).toEqual(["number 1: 0 of 3", "number 2: 1 of 3", "number 3: 2 of 3"]);
  });

  test("no more of one task run at once than it allows in a run", async () => {
    const { runId, state } = await finishRun(engine, "limited");
    expect(state).toBe("success");
    expect(await mostAtOnce(engine, [runId])).toBe(2);
  });
});

test("each index flows through a mapped group on its own, and the join gets the results of those that succeeded", async () => {
  const { runId, states, state } = await finishRun(engine, "map_groups");
  const one = (task: string): readonly string[] => [0, 1, 2].map((index) => states[`per_source.${task}[${index}]`]);
  expect(one("read")).toEqual(["success", "failed", "skipped"]);
  expect(one("split")).toEqual(["success", "upstream_failed", "skipped"]);
  expect(one("note")).toEqual(["success", "success", "success"]);
  expect(await resultOf(engine, runId, "words")).toEqual([["text", "of", "ok"]]);
  expect(await resultOf(engine, runId, "per_source.sibling", 1)).toEqual(["note bad", "note bad"]);
  expect(await resultOf(engine, runId, "notes")).toEqual(["note ok", "note bad", "note odd"]);
  expect(state).toBe("success");
});

describe("a result map that has another length when it is cleared", () => {
  const indexes = (states: Readonly<Record<string, string>>, task: string): readonly string[] =>
    Object.keys(states)
      .filter((key) => key.startsWith(`${task}[`))
      .sort()
      .map((key) => `${key.slice(task.length)} ${states[key]}`);
  const flag = async (): Promise<string> => join(await mkdtemp(join(folder, "run-")), "flag");

  test.each([
    [1, ["[0] success", "[1] removed", "[2] removed"], 0],
    [5, ["[0] success", "[1] success", "[2] success", "[3] success", "[4] success"], 20],
  ])(
    "%i instead of 3: indexes beyond it are removed, missing ones are made, the join sees those that are",
    async (then, left, sum) => {
      const file = await flag();
      const run = await finishRun(engine, "resized", { conf: JSON.stringify({ flag: file, then }) });
      expect(await resultOf(engine, run.runId, "sum")).toBe(6);
      await writeFile(file, "");
      const { states, state } = await clearRun(engine, "resized", run, {
        select: { taskIds: ["list"], downstream: true },
      });
      for (const task of ["double", "each_one.a", "each_one.b"]) expect(indexes(states, task)).toEqual(left);
      expect([state, await resultOf(engine, run.runId, "sum")]).toEqual(["success", sum]);
    },
  );

  test("0 instead of 3: the task is one skipped instance", async () => {
    const file = await flag();
    const run = await finishRun(engine, "resized", { conf: JSON.stringify({ flag: file, then: 0 }) });
    await writeFile(file, "");
    const { states } = await clearRun(engine, "resized", run, { select: { taskIds: ["list"], downstream: true } });
    expect(indexes(states, "double")).toEqual(["[0] removed", "[1] removed", "[2] removed"]);
    expect(states).toMatchObject({
      double: "skipped",
      "each_one.a": "skipped",
      "each_one.b": "skipped",
      sum: "success",
    });
    expect(await resultOf(engine, run.runId, "sum")).toBe(0);
  });
});

test("lists may be put together, changed, filled, and be parts of results", async () => {
  const { runId, states } = await finishRun(engine, "lists_of_lists");
  expect(await resultOf(engine, runId, "lists")).toEqual({
    all: ["0T1", "1T2", "2l", "3p", "4s"],
    some: ["t1?", "t3?"],
    filled: [
      ["t1", "x"],
      ["t2", "y"],
      [null, "z"],
    ],
    crossed: ["1x", "1y", "2x", "2y"],
    rows: [7, 8],
    days: [0, 1],
    byKey: ["a", "b", "c"],
  });
  expect(states).toMatchObject({ "some[1]": "skipped", wrong: "failed", of_wrong: "upstream_failed" });
  const causes = await causesOf(engine, runId);
  expect(causes["some[1]"].message).toBe("not this one");
  expect(causes.wrong.message).toMatch(/of_wrong maps over this result\.rows, which is a number/);
});

test("a task fails whose result is mapped over and is no list, or too long a one", async () => {
  const { states, runId } = await finishRun(engine, "wrong_lists");
  expect(states).toEqual({
    too_long: "failed",
    of_too_long: "upstream_failed",
    no_list: "failed",
    of_no_list: "upstream_failed",
  });
  const causes = await causesOf(engine, runId);
  expect(causes.too_long.message).toMatch(/of_too_long maps over.*200000 elements.*100000/);
  expect(causes.no_list.message).toMatch(/of_no_list maps over.*number/);
});
