// R5. The same rows, whether a live owner carries a command out or the caller owns the DAG for one tick.
import { expect, test } from "vitest";
import type { Answer, Command } from "@millrace/core";
import { liveSchedulers, processStartedAt, sendCommand, type EngineLog } from "@millrace/engine";
import { openStore, type MillraceStore } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine } from "../harness/engine-harness.ts";

const DAGS = `
import { cron, dag } from "millrace";
export const orders = dag("orders", { params: { region: "eu" } }, ({ task }) => {
  const list = task("list", () => [1, 2]);
  task("sum", { input: { list } }, ({ list }) => list.length);
});
export const nightly = dag("nightly", { schedule: cron("@daily") }, ({ task }) => { task("a", () => 1); });
`;
const AT = 1_759_276_800_000_000;
const SILENT: EngineLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** One command after the other, each on what those before have left. */
const COMMANDS: readonly Command[] = [
  { kind: "trigger", runKey: "first", logicalDate: AT, conf: '{"region":"us"}', note: "by hand" },
  { kind: "trigger", runKey: "first", logicalDate: AT + 1 },
  { kind: "trigger", runKey: "second", logicalDate: AT },
  { kind: "trigger", runKey: "third", logicalDate: AT + 2, conf: '{"region":7}' },
  { kind: "trigger", runKey: "no/good" },
  { kind: "markTasks", runKey: "first", select: { taskIds: ["list"] }, state: "failed" },
  { kind: "clear", runKey: "first", select: { onlyFailed: true }, version: "same" },
  { kind: "clear", runKey: "first", select: { taskIds: ["nothing"] }, version: "same" },
  { kind: "markRun", runKey: "first", state: "success" },
  { kind: "clear", runKey: "first", select: {}, version: "newest", keepRunState: true },
  { kind: "clear", runKey: "no-such-run", select: {}, version: "newest" },
  { kind: "trigger", runKey: "dated", logicalDate: AT + 3, dataInterval: { start: AT - 2, end: AT - 1 } },
  { kind: "trigger", runKey: "gone", logicalDate: AT + 4 },
  { kind: "deleteRun", runKey: "gone" },
  { kind: "deleteRun", runKey: "gone" },
  { kind: "trigger", runKey: "gone-again", logicalDate: AT + 4 },
  { kind: "markRun", runKey: "dated", state: "success" },
  { kind: "deleteRun", runKey: "dated" },
  { kind: "trigger", runKey: "dated", logicalDate: AT + 3, dataInterval: { start: AT - 2, end: AT - 1 } },
  { kind: "pause", paused: true },
];

test("R5: commands leave the same rows and answers with a live owner and without one", async () => {
  const withOwner = await (async () => {
    // An owner without room for tries: what the tasks themselves do is not the question here.
    await using engine = await startEngine({ executor: { concurrency: 0 } });
    await engine.deploy(DAGS);
    return await sendAll(engine.store);
  })();
  const withoutOwner = await onDatabaseAlone(async (store) => {
    await store.engine.saveFiles([compileDags(DAGS)], { complete: true, pausedUponCreation: false });
    return await sendAll(store);
  });
  expect(withoutOwner).toEqual(withOwner);
  expect(withOwner.answers.map((answer) => (answer.ok ? "ok" : answer.code))).toEqual([
    "ok",
    "CONFLICT",
    "CONFLICT",
    "BAD_PARAM",
    "BAD_ARGUMENT",
    "ok",
    "ok",
    "NOT_FOUND",
    "ok",
    "ok",
    "NOT_FOUND",
    "ok",
    "ok",
    "ok",
    "NOT_FOUND",
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
  ]);
});

test("R5: a run that is deleted while it runs is stopped, forgotten by its owner, and leaves nothing", async () => {
  await using engine = await startEngine();
  await engine.deploy(`
import { dag } from "millrace";
export const waits = dag("waits", { maxActiveRuns: 1 }, ({ task }) => {
  task("a", (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))));
});`);
  const running = engine.committed(
    (run) => run.runKey === "one" && run.instances.some((one) => one.state === "queued"),
  );
  const { runId } = await engine.trigger("waits", { runKey: "one" });
  await running;
  const begun = engine.committed((run) => run.runKey === "two" && run.instances.some((one) => one.state === "queued"));
  await engine.trigger("waits", { runKey: "two", note: "n" });
  expect(await engine.send("waits", { kind: "deleteRun", runKey: "one" })).toMatchObject({ ok: true, runId });
  // Its place is free: the limit of the DAG no longer counts it.
  await begun;
  expect(await engine.store.queries.findRunById(runId)).toBeUndefined();
  expect((await engine.store.queries.listRuns({ dagId: "waits" })).items.map(({ runKey }) => runKey)).toEqual(["two"]);
});

test("R5: ownership is given back at once, and nobody is left who looks alive", async () => {
  await onDatabaseAlone(async (store) => {
    await store.engine.saveFiles([compileDags(DAGS)], { complete: true, pausedUponCreation: false });
    await send(store, { kind: "trigger", runKey: "r" });
    expect((await store.queries.findDag("orders"))?.owner).toBeUndefined();
    expect([...(await liveSchedulers({ store: store.engine, queries: store.queries, host: "test-host" }))]).toEqual([]);
  });
});

test("R5: an owner that stops before it reads the inbox leaves the command to its sender", async () => {
  await onDatabaseAlone(async (store) => {
    await store.engine.saveFiles([compileDags(DAGS)], { complete: true, pausedUponCreation: false });
    const leaving = await registerHere(store);
    expect(await store.engine.claimDag(leaving, "orders")).toBe(true);
    const answer = send(store, { kind: "trigger", runKey: "r" });
    await expect.poll(async () => (await store.engine.readInbox(["orders"], 10)).length).toBe(1);
    await store.engine.endScheduler(leaving);
    expect(await answer).toMatchObject({ ok: true });
  });
});

test("R5: a scheduler that is alive, but never claims the DAG, keeps no command waiting", async () => {
  await onDatabaseAlone(async (store) => {
    await store.engine.saveFiles([compileDags(DAGS)], { complete: true, pausedUponCreation: false });
    await registerHere(store);
    expect(await send(store, { kind: "trigger", runKey: "r" })).toMatchObject({ ok: true });
  });
});

test("R5: owning a DAG for one command makes no run by its schedule", async () => {
  await onDatabaseAlone(async (store) => {
    await store.engine.saveFiles([compileDags(DAGS)], { complete: true, pausedUponCreation: false });
    await send(store, { kind: "trigger", runKey: "r" }, "nightly");
    expect((await store.queries.listRuns({ dagId: "nightly" })).items.map(({ runKey }) => runKey)).toEqual(["r"]);
  });
});

test("a command about a DAG that does not exist is refused and leaves nothing in the inbox", async () => {
  await onDatabaseAlone(async (store) => {
    await expect(send(store, { kind: "pause", paused: true }, "nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await store.engine.readInbox(["nobody"], 10)).toEqual([]);
  });
});

/** A scheduler of this process that looks alive and does nothing. */
async function registerHere({ engine }: MillraceStore): Promise<number> {
  const pidStartedAt = (await processStartedAt(process.pid)) ?? "";
  return await engine.registerScheduler({ host: "test-host", pid: process.pid, pidStartedAt });
}

async function sendAll(store: MillraceStore): Promise<{ readonly answers: readonly Answer[]; readonly rows: unknown }> {
  const answers: Answer[] = [];
  for (const command of COMMANDS) answers.push(withoutIds(await send(store, command)));
  return { answers, rows: await rowsOf(store) };
}

async function send(store: MillraceStore, command: Command, dagId = "orders"): Promise<Answer> {
  return await sendCommand(
    { dagId, command, by: "user:test" },
    { store: store.engine, queries: store.queries, log: SILENT, host: "test-host", pid: process.pid },
  );
}

function withoutIds(answer: Answer): Answer {
  return answer.ok ? { ...answer, runId: 0 } : answer;
}

/** What the commands have left, without ids and clock times. */
async function rowsOf({ queries }: MillraceStore): Promise<unknown> {
  const dag = await queries.findDag("orders");
  const runs = (await queries.listRuns({ dagId: "orders" })).items;
  const details = runs.map(async ({ runId }) => {
    const run = await queries.findRunById(runId);
    const { items } = await queries.listTaskInstances({ runId });
    const changes = await queries.listChanges(runId, 0);
    return {
      run: { ...run, runId: 0, queuedAt: 0, startedAt: 0, endedAt: 0, runAfter: 0 },
      instances: items.map((instance) => ({ ...instance, runId: 0, queuedAt: 0, startedAt: 0, endedAt: 0 })),
      changes: changes.map(({ version, changes }) => [
        version,
        changes.replaceAll(/\d{16}|\d{4}-\d\d-\d\d[T ][\d:.+Z]+/g, "T"),
      ]),
    };
  });
  return { paused: dag?.paused, runs: await Promise.all(details) };
}

async function onDatabaseAlone<T>(work: (store: MillraceStore) => Promise<T>): Promise<T> {
  await using database = await testDatabase();
  const store = await openStore({ url: database.url });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
