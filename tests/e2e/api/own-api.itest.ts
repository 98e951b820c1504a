import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import * as api from "@millrace/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { cron, dag, param } from "millrace";
export const flow = dag("flow", { params: { size: param(3) } }, ({ task, map }) => {
  const list = task("list", (_, { params }) => Array.from({ length: params.size }, (_, i) => i));
  const each = map("each", { each: { x: list } }, ({ x }) => x + 1);
  task("sum", { input: { all: each } }, ({ all }, { log }) => {
    log.info("adding up");
    return all.length;
  });
});
export const daily = dag("daily", { schedule: cron("0 4 * * *"), start: "2025-01-01" }, ({ task }) => {
  task("only", () => 1);
});
`;

let server: ServerHarness;
let client: api.MillraceClient;
let runId = 0;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  client = api.createClient({ url: `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}` });
  ({ runId } = await server.engine.trigger("flow"));
  await server.engine.ended(runId);
});
afterAll(() => server[Symbol.asyncDispose]());

const ROOT = "/api/millrace/v1";

test("DAGs come with graph, versions, source and next runs", async () => {
  expect((await client.call(api.listDags)).items.map(({ dagId }) => dagId)).toEqual(["daily", "flow"]);
  const dag = await client.call(api.getDag, { params: { dagId: "flow" } });
  expect(dag.graph.tasks.map(({ taskId }) => taskId)).toEqual(["list", "each", "sum"]);
  const { items: versions } = await client.call(api.listVersions, { params: { dagId: "flow" } });
  expect(versions).toMatchObject([{ version: 1, bundleHash: dag.bundleHash }]);
  const params = { dagId: "flow", version: 1 };
  expect((await client.call(api.getVersionSource, { params })).source).toContain("export const flow");
  expect(await client.call(api.compareVersions, { params: { ...params, older: 1 } })).toMatchObject({
    added: [],
    changed: [],
  });
  const { items: next } = await client.call(api.listNextRuns, { params: { dagId: "daily" }, query: { limit: 2 } });
  expect(next).toHaveLength(2);
  expect(next[0].runAfter).toMatch(/T04:00:00\+00:00$/);
  await expect(client.call(api.getDag, { params: { dagId: "nothing" } })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a run, its instances, tries, values, changes, graph and grid", async () => {
  const run = await client.call(api.getRun, { params: { runId } });
  expect(run).toMatchObject({ dagId: "flow", state: "success", counts: { success: 5 } });
  expect(await client.call(api.findRun, { params: { dagId: "flow", runKey: run.runKey } })).toEqual(run);
  expect((await client.call(api.listRuns, { query: { dagId: "flow", states: "success,failed" } })).items).toMatchObject(
    [{ runId }],
  );
  const first = await client.call(api.listTaskInstances, { params: { runId }, query: { limit: 2 } });
  expect(first.items.map(({ taskId, mapIndex }) => [taskId, mapIndex])).toEqual([
    ["each", 0],
    ["each", 1],
  ]);
  const rest = await client.call(api.listTaskInstances, { params: { runId }, query: { after: first.next as string } });
  expect(rest.items.map(({ taskId }) => taskId)).toEqual(["each", "list", "sum"]);
  const instance = { runId, taskId: "sum", mapIndex: -1 };
  expect((await client.call(api.listTries, { params: instance })).items).toMatchObject([
    { tryNumber: 1, state: "success" },
  ]);
  expect((await client.call(api.getXCom, { params: instance })).json).toBe("3");
  expect((await client.call(api.listChanges, { params: { runId }, query: { after: 1 } })).items[0].version).toBe(2);
  const { nodes, edges, cells } = await client.call(api.getGraph, { params: { runId } });
  expect(nodes.map(({ taskId, mapped }) => [taskId, mapped])).toEqual([
    ["list", false],
    ["each", true],
    ["sum", false],
  ]);
  expect(edges.map(({ from, to }) => `${from}>${to}`)).toEqual(["list>each", "each>sum"]);
  expect(cells.find(({ taskId }) => taskId === "each")).toMatchObject({ counts: { success: 3 }, tries: 1 });
  const grid = await client.call(api.getGrid, { params: { dagId: "flow" }, query: { firstTask: 1, tasks: 1 } });
  expect(grid).toMatchObject({ nextTask: 2, tasks: [{ taskId: "each", mapped: true }] });
  expect(grid.runs.find((each) => each.runId === runId)?.cells).toMatchObject([
    { taskId: "each", counts: { success: 3 } },
  ]);
  const narrow = async (query: object) =>
    (await client.call(api.getGrid, { params: { dagId: "flow" }, query })).runs.map((each) => each.runId);
  expect(await narrow({ runTypes: "manual", states: "success" })).toContain(runId);
  expect(await narrow({ runTypes: "backfill" })).toEqual([]);
  expect(await narrow({ logicalDateTo: "1999-01-01T00:00:00Z" })).toEqual([]);
});

test("a run that did not change since is 304, and a write for another version 412", async () => {
  const { headers } = await server.get(`${ROOT}/runs/${runId}`);
  const etag = String(headers["etag"]);
  expect(etag).toMatch(/^"\d+"$/);
  expect(await server.get(`${ROOT}/runs/${runId}`, { headers: { "if-none-match": etag } })).toMatchObject({
    status: 304,
    text: "",
  });
  await expect(
    client.call(api.markWholeRun, { params: { runId }, body: { state: "failed" } }, { ifMatch: 1 }),
  ).rejects.toMatchObject({
    code: "CHANGED_MEANWHILE",
  });
  const done = await client.call(api.markWholeRun, { params: { runId }, body: { state: "failed" } }, { ifMatch: etag });
  expect((await client.call(api.getRun, { params: { runId } })).state).toBe("failed");
  expect(done.version).toBeGreaterThan(Number(etag.slice(1, -1)));
});

test("of writes that name the same version one is carried out, also when they are sent at once", async () => {
  const { runId: other } = await server.engine.trigger("flow");
  await server.engine.ended(other);
  const version = (await client.call(api.getRun, { params: { runId: other } })).changeVersion;
  const { dagId, runKey } = await client.call(api.getRun, { params: { runId: other } });
  // Past the server's own look: as if both had looked before either was carried out.
  const send = (state: "failed" | "success") =>
    server.ports.commands.send(dagId, { kind: "markRun", runKey, state, ifVersions: [version] }, "user:test");
  const answers = await Promise.all([send("failed"), send("success"), send("failed")]);
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  expect(answers.filter(({ ok }) => !ok).map((answer) => !answer.ok && answer.code)).toEqual([
    "CHANGED_MEANWHILE",
    "CHANGED_MEANWHILE",
  ]);
  await client.call(api.deleteRun, { params: { runId: other } });
});

test("a trigger with the same key makes one run, also when asked at once or after a crash; another body is refused", async () => {
  const ask = (size: number) =>
    client.call(api.triggerRun, { params: { dagId: "flow" }, body: { conf: { size } } }, { idempotencyKey: "once" });
  const answers = await Promise.all([ask(1), ask(1), ask(1)]);
  expect(new Set(answers.map((answer) => answer.runId)).size).toBe(1);
  expect(await ask(1)).toEqual(answers[0]);
  await expect(ask(2)).rejects.toMatchObject({ details: { status: 422 } });
  // The server was killed after it had made the run.
  await server.ports.own.store.answerKey({ caller: "user:admin", key: "once" }, null as unknown as string);
  expect((await ask(1)).runId).toBe(answers[0].runId);
  await server.engine.ended(answers[0].runId as number);
});

test("previews change nothing; clearing and deleting do", async () => {
  const { runId: other, runKey } = await server.engine.trigger("flow");
  await server.engine.ended(other);
  const command = { kind: "clear", runKey, select: { taskIds: ["sum"] }, version: "same" } as const;
  const preview = await client.call(api.previewCommand, { params: { dagId: "flow" }, body: { command } });
  expect(preview.instances).toEqual([{ taskId: "sum", mapIndex: -1, from: "success", to: "none" }]);
  const mark = { kind: "markTasks", runKey, select: {}, state: "failed" } as const;
  const seen = await client.call(api.previewCommand, { params: { dagId: "flow" }, body: { command: mark, limit: 2 } });
  expect(seen).toMatchObject({
    instances: [{ taskId: "list" }, { taskId: "each", mapIndex: 0 }],
    total: 5,
    changes: [{ from: "success", to: "failed", count: 5 }],
  });
  expect((await client.call(api.getRun, { params: { runId: other } })).state).toBe("success");
  await client.call(api.clearRun, { params: { runId: other }, body: { select: { taskIds: ["sum"] } } });
  await server.engine.ended(other);
  expect(
    (await client.call(api.listTries, { params: { runId: other, taskId: "sum", mapIndex: -1 } })).items,
  ).toHaveLength(2);
  await client.call(api.deleteRun, { params: { runId: other } });
  await expect(client.call(api.getRun, { params: { runId: other } })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("why, search, backfills, assets and schedulers", async () => {
  await client.call(api.pauseDag, { params: { dagId: "daily" }, body: { paused: true } });
  expect((await client.call(api.whyDag, { params: { dagId: "daily" } })).items[0]).toMatchObject({ kind: "paused" });
  expect((await client.call(api.whyRun, { params: { runId } })).run[0]).toMatchObject({ kind: "runEnded" });
  expect(await client.call(api.search, { query: { text: "ea" } })).toMatchObject({
    tasks: [{ dagId: "flow", taskId: "each" }],
  });
  expect(await client.call(api.search, { query: { text: "manual__" } })).toMatchObject({
    runs: [{ dagId: "flow" }, {}],
  });
  const body = { from: "2025-02-01T00:00:00Z", to: "2025-02-03T00:00:00Z" };
  const seen = await client.call(api.previewBackfill, { params: { dagId: "daily" }, body });
  expect(seen.counts).toEqual({ create: 2, clear: 0, skip: 0 });
  const made = await client.call(api.createBackfill, { params: { dagId: "daily" }, body });
  const { backfillId } = made;
  expect(
    await client.call(api.setBackfillState, { params: { backfillId }, body: { state: "cancelled" } }),
  ).toMatchObject({ state: "cancelled" });
  expect((await client.call(api.listBackfills)).items).toMatchObject([{ backfillId, dagId: "daily" }]);
  await client.call(api.updateAsset, { body: { uri: "s3://here", extra: { rows: 3 } } });
  expect((await client.call(api.listAssetEvents, { query: { uri: "s3://here" } })).items).toMatchObject([
    { extra: '{"rows":3}' },
  ]);
  expect((await client.call(api.listSchedulers)).items).toMatchObject([{ isAlive: true }]);
  expect(await client.call(api.getSystem)).toMatchObject({ version: "0.0.0-test", isLive: true });
});

test("a preview of a backfill is counted no longer than somebody waits for it", async () => {
  const counting = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const endless = vi.spyOn(server.ports.own, "previewBackfill").mockImplementation(async function* () {
    try {
      for (let at = 0; ; at += 1) {
        await setImmediate();
        counting.resolve();
        yield { logicalDate: at, intervalStart: at, intervalEnd: at, runAfter: at, action: "create" };
      }
    } finally {
      ended.resolve();
    }
  });
  const gone = new AbortController();
  const body = { from: "1700-01-01T00:00:00Z", to: "2025-01-01T00:00:00Z" };
  const asked = client.call(api.previewBackfill, { params: { dagId: "daily" }, body }, { signal: gone.signal });
  await counting.promise;
  gone.abort();
  await expect(asked).rejects.toThrow();
  await ended.promise;
  endless.mockRestore();
});

test("the log of a try is streamed until the try ends, from any line", async () => {
  const read = async (query: { readonly from?: number }): Promise<readonly unknown[]> => {
    const stream = await client.stream(api.readLog, { params: { runId, taskId: "sum", mapIndex: -1 }, query });
    const text = await new Response(stream).text();
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as unknown);
  };
  const lines = await read({});
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: "adding up", ts: expect.stringMatching(/^20/) as string }),
  );
  expect(await read({ from: 1 })).toEqual(lines.slice(1));
});

test("callers for one DAG see nothing of others", async () => {
  const as = aCaller(
    "can_read DAG:daily",
    "can_read DAG Runs",
    "can_read Task Instances",
    "can_edit DAG:daily",
    "can_edit Task Instances",
  );
  expect((await server.get(`${ROOT}/dags`, { as })).json.items.map((dag: { dagId: string }) => dag.dagId)).toEqual([
    "daily",
  ]);
  expect(JSON.stringify((await server.get(`${ROOT}/runs`, { as })).json)).not.toContain("flow");
  for (const path of [`/runs/${runId}`, `/runs/${runId}/graph`, `/runs/${runId}/task-instances`])
    expect((await server.get(ROOT + path, { as })).status).toBe(404);
  expect((await server.get(`${ROOT}/dags/flow/grid`, { as })).status).toBe(403);
  expect((await server.request("POST", `${ROOT}/runs/${runId}/clear`, { as, body: {} })).status).toBe(404);
  expect((await server.get(`${ROOT}/search?text=e`, { as })).json).toMatchObject({ tasks: [], runs: [] });
});

test("what does not fit is 400 and says where", async () => {
  expect(await server.get(`${ROOT}/runs?limit=0`)).toMatchObject({
    status: 400,
    json: { detail: expect.stringContaining("limit") as string },
  });
  expect((await server.get(`${ROOT}/runs/x`)).status).toBe(400);
  expect((await server.get(`${ROOT}/runs?states=odd`)).json).toMatchObject({ status: 400, code: "BAD_ARGUMENT" });
  expect((await server.request("POST", `${ROOT}/dags/flow/runs`, { body: { logicalDate: "soon" } })).status).toBe(400);
});

test("a write that takes several steps is held to the version at its first one alone", async () => {
  const { runId: other } = await server.engine.trigger("flow");
  await server.engine.ended(other);
  await server.engine.deploy(DAGS.replace("x + 1", "x + 2"));
  const before = await client.call(api.getRun, { params: { runId: other } });
  const body = { select: { taskIds: ["sum"] } };
  // The run moves to the new version first.
  await client.call(api.clearRun, { params: { runId: other }, body }, { ifMatch: before.changeVersion });
  await server.engine.ended(other);
  const after = await client.call(api.getRun, { params: { runId: other } });
  expect(after.dagVersion).toBe(before.dagVersion + 1);
  const waiting = await client.call(api.triggerRun, {
    params: { dagId: "flow" },
    body: { runAfter: "2200-01-01T00:00:00Z" },
  });
  const params = { runId: waiting.runId as number };
  const { changeVersion: ifMatch } = await client.call(api.getRun, { params });
  // A run that has not ended is stopped first.
  await client.call(api.deleteRun, { params }, { ifMatch });
  await expect(client.call(api.getRun, { params })).rejects.toMatchObject({ code: "NOT_FOUND" });
});
