import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { blobReference } from "@millrace/core";
import { expect, test } from "vitest";
import { createRemoteWorker } from "./remote-worker.ts";

const FETCH_MS = 5_000;

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
