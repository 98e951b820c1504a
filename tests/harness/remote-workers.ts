import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("remote-worker-child.ts", import.meta.url));

/** A process that runs dispatches through the execution API. It has no address of a database. */
export interface RemoteWorkerProcess {
  readonly workerId: string;
  readonly folder: string;
  hand(dispatchIds: readonly string[]): void;
  /** As a machine that loses its power: nothing of it is told. */
  kill(): void;
  stop(): Promise<void>;
}

/** Starts a remote worker and waits until it takes work. */
export async function startRemoteWorker(serverUrl: string, workerId: string): Promise<RemoteWorkerProcess> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-remote-"));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ENTRY, serverUrl, folder, workerId], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await saidReady(child);
  return {
    workerId,
    folder,
    hand: (dispatchIds) => void child.stdin.write(dispatchIds.map((dispatchId) => `${dispatchId}\n`).join("")),
    kill: () => void child.kill("SIGKILL"),
    async stop() {
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function saidReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the remote worker ended with ${code} before it was ready`)));
  });
}
