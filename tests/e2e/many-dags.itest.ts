// What a scheduler reads does not grow with the DAGs that it has, only with those that change or run.
import { expect, test } from "vitest";
import type { Executor, FoundFile } from "@millrace/core";
import type { MillraceStore } from "@millrace/store";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const AT_REST = `
import { dag } from "millrace";
export const one = dag("one", ({ task }) => { task("a", () => 1); });
`;

/** A run of each is due, whenever this is run, and the next is far away. */
const DUE = `
import { cron, dag } from "millrace";
export const one = dag("one", { schedule: cron("0 0 1 1 *"), start: "2020-01-01" }, ({ task }) => { task("a", () => 1); });
`;

/** Takes no tries: what the tasks do is not the question here. */
const NO_ROOM: Executor = {
  capacity: 0,
  start: () => undefined,
  stop: () => undefined,
  acknowledgeStarted: () => undefined,
  runCallback: () => Promise.resolve({ ok: true }),
  holds: () => false,
  drain: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

function copies(source: string, count: number): FoundFile {
  const file = compileDags(source);
  const dags = Array.from({ length: count }, (_, index) => {
    const dagId = `dag-${String(index).padStart(4, "0")}`;
    return file.dags.map((dag) => ({ ...dag, dagId, graph: { ...dag.graph, dagId } }));
  });
  return { ...file, dags: dags.flat() };
}

/** What was read of DAGs, and what was changed about them. */
interface Reads {
  readonly rows: string[];
  readonly graphs: string[];
  /** How often graphs were asked for. */
  graphReads: number;
  patches: number;
}

function watch({ engine }: MillraceStore): Reads {
  const reads: Reads = { rows: [], graphs: [], graphReads: 0, patches: 0 };
  const { loadDags, loadGraph, loadGraphs, commit } = engine;
  engine.loadDags = async (dagIds) => {
    reads.rows.push(...dagIds);
    return await loadDags(dagIds);
  };
  engine.loadGraph = async (dagId, version) => {
    reads.graphs.push(dagId);
    reads.graphReads += 1;
    return await loadGraph(dagId, version);
  };
  engine.loadGraphs = async (keys) => {
    const found = await loadGraphs(keys);
    reads.graphs.push(...found.map(({ dagId }) => dagId));
    reads.graphReads += 1;
    return found;
  };
  engine.commit = async (batch) => {
    reads.patches += batch.dagPatches.length;
    return await commit(batch);
  };
  return reads;
}

/** An engine that starts on a database with these DAGs. */
async function startOn(file: FoundFile): Promise<{ readonly engine: EngineHarness; readonly reads: Reads }> {
  let reads: Reads | undefined;
  const engine = await startEngine({
    async makeExecutor({ store }) {
      await store.engine.saveFiles([file], { complete: true, pausedUponCreation: false });
      reads = watch(store);
      return NO_ROOM;
    },
  });
  return { engine, reads: reads as Reads };
}

/** Looks at DAGs once more, and answers when it has. */
async function look(engine: EngineHarness): Promise<void> {
  engine.scheduler.dagsChanged();
  await engine.send("dag-0000", { kind: "pause", paused: true });
}

test("a start with 2 000 DAGs at rest reads each of them once, no graph, and writes nothing", async () => {
  const { engine, reads } = await startOn(copies(AT_REST, 2_000));
  await using _ = engine;
  await engine.scheduler.settle();
  expect(engine.scheduler.ownedDagIds).toHaveLength(2_000);
  expect(reads.rows).toHaveLength(2_000);
  expect(new Set(reads.rows).size).toBe(2_000);
  expect(reads).toMatchObject({ graphs: [], patches: 0 });
});

test("pausing one of 300 DAGs reads that one again, and no graph", async () => {
  const { engine, reads } = await startOn(copies(AT_REST, 300));
  await using _ = engine;
  await look(engine);
  reads.rows.length = 0;
  await engine.send("dag-0123", { kind: "pause", paused: true });
  await look(engine);
  await look(engine);
  expect(new Set(reads.rows)).toEqual(new Set(["dag-0000", "dag-0123"]));
  expect(reads.graphs).toEqual([]);
});

test("a graph is read for the first run, and again when there is a new version", async () => {
  const { engine, reads } = await startOn(copies(AT_REST, 10));
  await using _ = engine;
  await engine.trigger("dag-0003");
  await engine.trigger("dag-0003");
  expect(reads.graphs).toEqual(["dag-0003"]);
  const file = copies(AT_REST, 10);
  const dags = file.dags.map((dag) => (dag.dagId === "dag-0003" ? { ...dag, graphHash: "another" } : dag));
  await engine.store.engine.saveFiles([{ ...file, dags }], { complete: true, pausedUponCreation: false });
  await look(engine);
  const { runId } = await engine.trigger("dag-0003");
  expect((await engine.store.engine.loadRun(runId))?.run.dagVersion).toBe(2);
  expect(reads.graphs).toEqual(["dag-0003", "dag-0003"]);
});

test("graphs of many DAGs whose runs are due are read together, each once", async () => {
  const { engine, reads } = await startOn(copies(DUE, 100));
  await using _ = engine;
  await engine.scheduler.settle();
  expect(engine.scheduler.runsInMemory).toBe(100);
  expect(reads.graphs).toHaveLength(100);
  expect(new Set(reads.graphs).size).toBe(100);
  expect(reads.graphReads).toBeLessThanOrEqual(4);
});

test("an heir reads the graphs of unfinished runs together, and no other", async () => {
  const { engine } = await startOn(copies(AT_REST, 100));
  await using _ = engine;
  for (let index = 0; index < 30; index += 1) await engine.trigger(`dag-00${String(index + 10)}`);
  await engine.scheduler.stop();
  let reads: Reads | undefined;
  await using heir = await startEngine({
    url: engine.url,
    async makeExecutor({ store }) {
      reads = watch(store);
      return NO_ROOM;
    },
  });
  expect(heir.scheduler.runsInMemory).toBe(30);
  expect(reads?.graphs).toHaveLength(30);
  expect(reads?.graphReads).toBe(1);
});

test("a DAG that was deleted, and is back with other tasks, runs those", async () => {
  const { engine } = await startOn(copies(AT_REST, 3));
  await using _ = engine;
  const { runKey } = await engine.trigger("dag-0001");
  await engine.send("dag-0001", { kind: "markRun", runKey, state: "success" });
  await engine.send("dag-0001", { kind: "pause", paused: true });
  await engine.store.queries.deleteDag("dag-0001", { declaredToo: true });
  const file = copies(AT_REST.replace('task("a"', 'task("b"'), 3);
  await engine.store.engine.saveFiles([file], { complete: true, pausedUponCreation: false });
  await look(engine);
  const again = await engine.trigger("dag-0001");
  expect(await engine.states(again.runId)).toHaveProperty("b");
});
