import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dispatch } from "@millrace/core";
import { readLog } from "@millrace/engine";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createRemoteExecutor } from "../../harness/remote-executor.ts";
import { startRemoteWorker, type RemoteWorkerProcess } from "../../harness/remote-workers.ts";
import { startServer, type Answered, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { existsSync, writeFileSync } from "node:fs";
import { dag } from "@millrace/core";
export const remote = dag("remote", {}, ({ task }) => {
  const first = task("first", () => ({ count: 3, long: "x".repeat(20_000) }));
  task("second", { input: { first }, connections: ["shop"], variables: ["limit"] }, async ({ first }, ctx) => {
    for (let n = 0; n < 200; n += 1) ctx.log.info("line " + n);
    const { host, password } = await ctx.connection("shop");
    const denied = await ctx.variable("other").catch((error) => error.message);
    return { sum: first.count + Number(await ctx.variable("limit")), long: first.long.length, host, denied, secret: password.reveal().length };
  });
});
export const patient = dag("patient", {}, ({ task }) => {
  task("waits", { input: {} }, async (_, { conf, tryNumber, log }) => {
    log.info("try " + tryNumber);
    writeFileSync(conf.folder + "/began-" + tryNumber, "");
    while (!existsSync(conf.folder + "/go")) await new Promise((resolve) => setTimeout(resolve, 20));
    return tryNumber;
  });
});
export const careful = dag("careful", {}, ({ task }) => {
  task("once", { singleAttempt: true }, () => "ran");
});
export const stoppable = dag("stoppable", {}, ({ task }) => {
  task("endless", async (_, { signal, conf }) => {
    writeFileSync(conf.folder + "/began", "");
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
});
export const broken = dag("broken", {}, ({ task }) => {
  task("fails", { retries: 1, retryDelay: "0s" }, () => { throw new Error("no such luck"); });
});
`;

let server: ServerHarness;
let url: string;
const workers: RemoteWorkerProcess[] = [];
/** Where ids go; by default to the worker that was started last. */
let hand = (dispatchIds: readonly string[]): void => workers.at(-1)?.hand(dispatchIds);

beforeAll(async () => {
  server = await startServer({
    authenticates: true,
    engine: {
      makeExecutor: async ({ store, report }) =>
        createRemoteExecutor({ remote: store.remote, report, hand: (ids) => hand(ids), silentMs: 5_000 }),
    },
  });
  url = await server.app.listen({ host: "127.0.0.1", port: 0 });
  await server.engine.deploy(DAGS);
  await server.engine.store.queries.setVariable({ key: "limit", value: "39", secret: false });
  await server.engine.store.queries.setVariable({ key: "other", value: "of others", secret: false });
  const shop = "http://ada:hunter2@shop.example.org";
  await server.engine.store.queries.setConnection({ connectionId: "shop", connectionType: "http", value: shop });
  workers.push(await startRemoteWorker(url, "far-1"));
});
afterEach(() => {
  hand = (dispatchIds) => workers.at(-1)?.hand(dispatchIds);
});
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await server[Symbol.asyncDispose]();
});

const result = async (runId: number, taskId: string): Promise<unknown> => {
  const xcom = await server.engine.store.queries.findXCom({ runId, taskId, mapIndex: -1 });
  return xcom && JSON.parse(xcom.json);
};

/** Keeps the next ids from the workers. */
function nextDispatch(): Promise<string> {
  return new Promise((resolve) => {
    hand = ([dispatchId]) => resolve(String(dispatchId));
  });
}

async function as(dispatchId: string, path: string, body: object = {}): Promise<Answered> {
  const headers = { authorization: `Bearer ${dispatchId}` };
  return await server.request("POST", `/api/millrace/v1/execution${path}`, { body, headers });
}

test(
  "a worker without a database runs tries: inputs, large values, declared secrets, logs",
  { timeout: 60_000 },
  async () => {
    const { runId } = await server.engine.trigger("remote");
    expect(await server.engine.ended(runId)).toBe("success");
    expect(await result(runId, "second")).toEqual({
      sum: 42,
      long: 20_000,
      host: "shop.example.org",
      secret: 7,
      denied: 'second does not declare the variable other: add variables: ["other"] to its options',
    });
    const instance = { runId, taskId: "second", mapIndex: -1 };
    const [log] = await server.engine.store.queries.readLogRefs(instance, 1);
    expect(log?.complete).toBe(false);
    const lines = await readLog({ dataFolder: server.engine.dataFolder, log: log });
    expect(lines.map(({ msg }) => msg)).toEqual(Array.from({ length: 200 }, (_, n) => `line ${n}`));
    const [summary] = await server.engine.store.queries.listTries(instance);
    expect(summary?.workerId).toMatch(/far|:/);
  },
);

test("a try whose worker is killed starts again on another, and counts once", { timeout: 60_000 }, async () => {
  const { folder } = workers[0];
  const { runId } = await server.engine.trigger("patient", { conf: JSON.stringify({ folder }) });
  await expect.poll(() => existsSync(join(folder, "began-1")), { timeout: 20_000 }).toBe(true);
  workers[0].kill();
  workers.push(await startRemoteWorker(url, "far-2"));
  await expect.poll(() => existsSync(join(folder, "began-2")), { timeout: 30_000 }).toBe(true);
  writeFileSync(join(folder, "go"), "");
  expect(await server.engine.ended(runId)).toBe("success");
  expect(await result(runId, "waits")).toBe(2);
});

test(
  "R9: a single attempt starts after its start was committed, and a failure is retried by its policy",
  { timeout: 60_000 },
  async () => {
    const once = await server.engine.trigger("careful");
    expect(await server.engine.ended(once.runId)).toBe("success");
    const broken = await server.engine.trigger("broken");
    expect(await server.engine.ended(broken.runId)).toBe("failed");
    const tries = await server.engine.store.queries.listTries({ runId: broken.runId, taskId: "fails", mapIndex: -1 });
    expect(tries.map(({ tryNumber }) => tryNumber).toSorted()).toEqual([1, 2]);
  },
);

test("a stop reaches the worker with its heartbeat", { timeout: 60_000 }, async () => {
  const { folder } = workers.at(-1)!;
  const { runId, runKey } = await server.engine.trigger("stoppable", { conf: JSON.stringify({ folder }) });
  await expect.poll(() => existsSync(join(folder, "began")), { timeout: 20_000 }).toBe(true);
  await server.engine.send("stoppable", { kind: "markRun", runKey, state: "failed" });
  expect(await server.engine.ended(runId)).toBe("failed");
});

test(
  "a dispatch is good for one worker, for its own task instance, until the commit that ends it",
  { timeout: 60_000 },
  async () => {
    const dispatched = nextDispatch();
    const { runId } = await server.engine.trigger("remote");
    const id = await dispatched;
    await expect.poll(async () => (await as(id, "/claim", { workerId: "w1" })).status).toBe(200);
    const { dispatch } = (await as(id, "/claim", { workerId: "w1" })).json as { readonly dispatch: Dispatch };
    expect(dispatch).toMatchObject({ dagId: "remote", taskId: "first", run: { runId } });
    expect(await as(id, "/claim", { workerId: "w2" })).toMatchObject({ status: 409, json: { code: "CONFLICT" } });

    // What it does not declare, other DAGs and their runs, other bundles, other values, other task instances.
    const beyond: readonly (readonly [path: string, body: object])[] = [
      ["/ask/variable", { key: "limit" }],
      ["/ask/connection", { connectionId: "shop" }],
      ["/ask/datedResults", { dagId: "patient", taskId: "waits", logicalDate: 0 }],
      ["/ask/bundle", { bundleHash: "f".repeat(64) }],
      ["/ask/assetEvents", { uris: ["s3://others"] }],
      ["/ask/trigger", { dagId: "patient" }],
      ["/ask/clearRun", { dagId: "patient", runKey: "any" }],
      ["/ask/stateOf", { dagId: "patient" }],
      ["/ask/look", { dagId: "patient" }],
      ["/report", { report: ended(dispatch, { dispatchId: randomBytes(16).toString("hex") }) }],
      ["/report", { report: ended(dispatch, { runId: runId + 1 }) }],
      [
        "/report",
        { report: ended(dispatch, { outcome: { kind: "success", result: aBlob(`runs/${runId}/second/x.json`) } }) },
      ],
    ];
    for (const [path, body] of beyond) expect([path, (await as(id, path, body)).status]).toEqual([path, 403]);
    const headers = { authorization: `Bearer ${id}` };
    const blob = async (method: "GET" | "PUT", key: string): Promise<number> =>
      (
        await server.request(method, `/api/millrace/v1/execution/blob?key=${encodeURIComponent(key)}`, {
          headers,
          body: "1",
        })
      ).status;
    for (const key of [
      `runs/${runId}/second/x.json`,
      `runs/${runId + 1}/first/x.json`,
      "../../etc/passwd",
      `runs/${runId}/first/../x`,
    ])
      expect([key, await blob("PUT", key)]).toEqual([key, 403]);
    expect(await blob("PUT", `runs/${runId}/first/x.json`)).toBe(204);
    expect(await blob("GET", `runs/999999999/first/x.json`)).toBe(403);
    expect(await blob("GET", "bundles/secret")).toBe(403);
    expect((await as(id, "/ask/bundle", { bundleHash: dispatch.bundleHash })).status).toBe(200);

    const large = "x".repeat(2_000_000);
    expect((await as("0".repeat(32), "/report", { large })).json).toMatchObject({ code: "DISPATCH_DEAD" });
    expect((await as(id, "/ask/variable", { key: large })).status).toBe(413);

    // No other API takes it, and this one takes nothing else.
    const authenticated = await server.get("/api/millrace/v1/execution/blob?key=a", {
      headers: { authorization: "Basic YTpi" },
    });
    expect(authenticated.status).toBe(401);
    for (const url of ["/api/v1/dags", "/api/v1/variables", "/api/millrace/v1/session"])
      expect([url, (await server.get(url, { headers })).status]).toEqual([url, 401]);
    expect((await as("0".repeat(32), "/heartbeat")).json).toMatchObject({ code: "DISPATCH_DEAD" });

    // R9: once it may have begun, not even its own worker starts it again.
    const started = { kind: "started", dispatchId: id, runId, workerId: "w1", startedAt: dispatch.run.logicalDate };
    expect((await as(id, "/report", { report: started })).status).toBe(202);
    await expect.poll(async () => (await as(id, "/heartbeat")).json.running as boolean, { timeout: 20_000 }).toBe(true);
    expect((await as(id, "/claim", { workerId: "w1" })).status).toBe(409);

    // XComs are the task's own, whatever the worker says; reports that are no reports are refused.
    expect((await as(id, "/report", { report: { kind: "ended", dispatchId: id } })).status).toBe(400);
    const xcoms = [{ taskId: "second", mapIndex: 7, key: "k", value: { json: "1" } }];
    const result = { json: '{"count":1,"long":""}' };
    const report = ended(dispatch, { outcome: { kind: "success", result, xcoms } });
    hand = (dispatchIds) => workers.at(-1)?.hand(dispatchIds);
    expect((await as(id, "/report", { report })).status).toBe(202);
    const again = await as(id, "/report", { report });
    expect([202, 409]).toContain(again.status);
    expect(await server.engine.ended(runId)).toBe("success");
    expect((await as(id, "/heartbeat")).json).toMatchObject({ code: "DISPATCH_DEAD" });
    expect((await as(id, "/report", { report })).json).toMatchObject({ code: "DISPATCH_DEAD" });
    expect(await server.engine.store.queries.findXCom({ runId, taskId: "first", mapIndex: -1 }, "k")).toMatchObject({
      json: "1",
    });
  },
);

function aBlob(key: string): object {
  return { json: "{}", meta: `blob:${key}` };
}

function ended({ dispatchId, run }: Dispatch, over: object): object {
  const at = run.startedAt ?? run.logicalDate;
  const outcome = { kind: "success", result: { json: "1" } };
  return { kind: "ended", dispatchId, runId: run.runId, workerId: "w1", startedAt: at, endedAt: at, outcome, ...over };
}
