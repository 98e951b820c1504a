import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { blobReference } from "@millrace/core";
import { expect, test } from "vitest";
import { compileBundle } from "../testing/compile-bundle.ts";
import { createRemoteWorker, type RemoteWorker } from "./remote-worker.ts";

const FETCH_MS = 5_000;
const ID = "a".repeat(32);

interface Far {
  readonly worker: RemoteWorker;
  readonly dataFolder: string;
  /** What it asked, in order: the last part of the path, and what was sent. */
  readonly calls: readonly { readonly path: string; readonly body: Asked }[];
  close(): Promise<void>;
}

interface Asked {
  readonly report?: { readonly kind: string; readonly outcome?: { readonly kind: string } };
  readonly lines?: readonly string[];
}

/** A worker, and a server that grants each claim, of a dispatch of the task `t` of the DAG file `source`. */
async function farWorker(
  source: string,
  onCall: (path: string, far: Far) => void = () => undefined,
  prepare: (dataFolder: string) => void = () => undefined,
): Promise<Far> {
  const bundle = compileBundle(source);
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-remote-"));
  prepare(dataFolder);
  const calls: { path: string; body: Asked }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "", "http://x").pathname.split("/").at(-1) ?? "";
    const text = (await request.toArray()).join("");
    calls.push({ path, body: JSON.parse(text || "{}") as Asked });
    onCall(path, far);
    const pushed = calls.reduce((sum, { body }) => sum + (body.lines?.length ?? 0), 0);
    const answers: Record<string, object> = {
      claim: { dispatch: aDispatch(bundle.hash), now: 1 },
      bundle: { value: { code: bundle.code, file: bundle.file } },
      log: { lines: pushed },
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[path] ?? { running: true, now: 1 }));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0);
  await once(server, "listening");
  const worker = await createRemoteWorker({
    serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dataFolder,
    workerId: "far",
    host: "far",
    workers: 1,
    spares: 0,
    graceMs: 200,
    environment: process.env,
  });
  const far: Far = {
    worker,
    dataFolder,
    calls,
    async close() {
      await worker.stop(100);
      server.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  return far;
}

function aDispatch(bundleHash: string): object {
  const at = 1_759_276_800_000_000;
  const run = { runId: 1, runKey: "r", runType: "manual", logicalDate: at, intervalStart: at, intervalEnd: at };
  return {
    dispatchId: ID,
    tryId: "1/t/-1/1",
    dagId: "d",
    dagVersion: 1,
    bundleHash,
    taskId: "t",
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 0,
    run: { ...run, conf: null, isLatest: true, triggeredBy: "user:test" },
    inputs: {},
    upstream: [],
    isolation: "shared",
    singleAttempt: false,
    suspect: false,
    queue: "default",
  };
}

function sourceOf(body: string): string {
  return `
    import { dag } from "@millrace/core";
    export const d = dag("d", ({ task }) => { task("t", async () => { ${body} }); });`;
}

function endsOf({ calls }: Far): readonly (string | undefined)[] {
  const reports = calls.flatMap(({ body: { report } }) => (report && report.kind !== "started" ? [report] : []));
  return reports.map(({ kind, outcome }) => outcome?.kind ?? kind);
}

test("R9: a dispatch that is brought twice is claimed and run once, and both wait for its end", async () => {
  const far = await farWorker(sourceOf("await new Promise((r) => setTimeout(r, 300));"));
  const ends: number[] = [];
  const run = async (): Promise<void> => {
    await far.worker.run(ID);
    ends.push(endsOf(far).length);
  };
  await Promise.all([run(), run()]);
  await run();
  expect(far.calls.filter(({ path }) => path === "claim")).toHaveLength(1);
  expect([ends, endsOf(far)]).toEqual([[1, 1, 1], ["success"]]);
  await far.close();
});

test("a try goes on and is reported when its log cannot be read", async () => {
  const source = sourceOf('console.log("here"); await new Promise((r) => setTimeout(r, 5_000));');
  const far = await farWorker(source, (path, { dataFolder }) => {
    // As a disk that has gone bad.
    if (path === "bundle") mkdirSync(join(dataFolder, "logs", "far", "broken.log"), { recursive: true });
    if (path === "log") rmSync(join(dataFolder, "logs"), { recursive: true, force: true });
  });
  await far.worker.run(ID);
  expect(far.calls.some(({ path }) => path === "log")).toBe(true);
  expect(endsOf(far)).toEqual(["success"]);
  await far.close();
});

test("a worker's own folder does not keep what it needs no more", async () => {
  const files = ["logs/far/old-0.log", "blobs/runs/9/t/x.json", "bundles/abc.cjs", "blobs/runs/9/t/new.json"];
  const far = await farWorker(sourceOf(""), undefined, (dataFolder) => {
    for (const file of files) {
      mkdirSync(join(dataFolder, dirname(file)), { recursive: true });
      writeFileSync(join(dataFolder, file), "text");
      if (!file.endsWith("new.json")) utimesSync(join(dataFolder, file), 1, 1);
    }
  });
  await expect
    .poll(() => files.filter((file) => existsSync(join(far.dataFolder, file))), { timeout: 10_000 })
    .toEqual(["blobs/runs/9/t/new.json"]);
  await far.close();
});

test("a worker gives its signs while it fetches large inputs", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-remote-"));
  const calls: string[] = [];
  const input = { kind: "value", value: blobReference("runs/1/large", 1_000_000) };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "", "http://x").pathname.split("/").at(-1) ?? "";
    calls.push(path);
    if (path === "blob") await sleep(FETCH_MS);
    const dispatch = { dispatchId: "a".repeat(32), bundleHash: "none", inputs: { input }, run: { runId: 1 } };
    response.setHeader("content-type", "application/json");
    // Its instance has gone on without it when the inputs are there.
    if (path === "heartbeat" && calls.includes("late")) response.statusCode = 410;
    response.end(JSON.stringify(path === "claim" ? { dispatch, now: 1 } : { running: false, now: 1 }));
    if (path === "blob") calls.push("late");
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0);
  await once(server, "listening");
  const worker = await createRemoteWorker({
    serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dataFolder,
    workerId: "far",
    workers: 1,
    environment: process.env,
  });
  const ran = worker.run("a".repeat(32));
  await expect.poll(() => calls.includes("late"), { timeout: 20_000 }).toBe(true);
  expect(calls.slice(0, calls.indexOf("late")).filter((call) => call === "heartbeat").length).toBeGreaterThan(1);
  await worker.stop(100);
  await ran;
  server.close();
  await rm(dataFolder, { recursive: true, force: true });
});
