import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { open, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { MillraceError } from "@millrace/core";
import pg from "pg";
import type { PostgresBinaries } from "./binaries.ts";
import { EMBEDDED_NAME } from "./create-cluster.ts";
import type { DataFolder } from "./data-folder.ts";
import { findLaunchedServers } from "./find-launched-servers.ts";
import { giveToFolderOwner } from "./folder-owner.ts";
import { findProcess, stateOfProcess } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { programCall } from "./run-as.ts";
import type { RunAs } from "./run-as.ts";

const run = promisify(execFile);
const POLL_MS = 4;
const LOG_ROTATE_BYTES = 16 * 1024 * 1024;
/** Orphaned backends of a killed server end within moments; until then the new one refuses to start. */
const LEFTOVER_PATIENCE_MS = 5_000;
/** No sign of life for so long after the start means that something is wrong. Recovery does give one, "starting". */
const SILENCE_LIMIT_MS = 30_000;
const RECOVERY_LIMIT_MS = 600_000;
const FAST_STOP_LIMIT_MS = 20_000;
const IMMEDIATE_STOP_LIMIT_MS = 10_000;

/** A running embedded server. */
export interface ServerProcess {
  readonly identity: ProcessIdentity;
  readonly socketFolder: string;
}

/** What a start needs. */
export interface LaunchOptions {
  readonly folder: DataFolder;
  readonly binaries: PostgresBinaries;
  readonly runAs: RunAs;
  readonly socketFolder: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The URL of a database of the server behind `socketFolder`, understood by `pg` and by libpq. */
export function embeddedUrl(socketFolder: string, database: string = EMBEDDED_NAME): string {
  // Port and sslmode are written out because PGPORT and PGSSLMODE of the user's shell would stand in for them.
  const query = new URLSearchParams({ host: socketFolder, port: "5432", sslmode: "disable" });
  return `postgresql://${EMBEDDED_NAME}@/${encodeURIComponent(database)}?${query.toString()}`;
}

/** Finds the server that runs on the cluster, whoever started it. */
export async function findServer(folder: DataFolder): Promise<ServerProcess | undefined> {
  const text = await readFile(pidFile(folder), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  const pid = Math.abs(Number(lines[0]));
  const identity = Number.isInteger(pid) && pid > 0 ? await findProcess(pid) : undefined;
  if (identity === undefined || !(await worksIn(pid, folder.cluster))) return undefined;
  return { identity, socketFolder: lines[4] ?? "" };
}

/**
 * Starts the server in a session of its own, so that Ctrl-C in the terminal and the end of this process do not end it.
 * Its output goes to the folder's log file. The caller holds the folder's lock and has seen that {@link findServer} finds none.
 *
 * @returns when it accepts connections.
 * @throws MillraceError NO_DATABASE with the last lines of the log.
 */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  // The caller knows that no server runs. PostgreSQL itself refuses to start as long as any process, of whatever program, has the pid of
  // the dead server, and in containers that is common.
  await rm(pidFile(options.folder), { force: true });
  const startedAt = performance.now();
  for (;;) {
    const outcome = await launchOnce(options);
    if (typeof outcome !== "string") return outcome;
    const leftover = /pre-existing shared memory block|lock file .* already exists/.test(outcome);
    if (!leftover || performance.now() - startedAt > LEFTOVER_PATIENCE_MS) {
      throw new MillraceError("NO_DATABASE", `the embedded PostgreSQL does not start: ${outcome}`, {
        details: { log: options.folder.log },
      });
    }
    // One that a killed owner had launched a moment before, unseen and without users: its pid file may be the one that was removed above.
    for (const identity of await findLaunchedServers(options.folder.cluster))
      await stopServer({ identity, socketFolder: options.socketFolder });
    await sleep(100);
  }
}

/** Ends the server: open transactions are rolled back and the data is flushed (fast shutdown). Returns when the process is gone. */
export async function stopServer(server: ServerProcess): Promise<void> {
  const { identity } = server;
  for (const { signal, limitMs } of [
    { signal: "SIGINT", limitMs: FAST_STOP_LIMIT_MS },
    // Without the last checkpoint, as after a crash: the next start replays the WAL.
    { signal: "SIGQUIT", limitMs: IMMEDIATE_STOP_LIMIT_MS },
    { signal: "SIGKILL", limitMs: IMMEDIATE_STOP_LIMIT_MS },
  ] as const) {
    if (await sendSignal(identity, signal)) return;
    if (await isGoneWithin(identity, limitMs)) return;
  }
  throw new MillraceError("TIMEOUT", `PostgreSQL (process ${String(identity.pid)}) does not end, not even by SIGKILL.`);
}

/** True when the process is gone already. */
async function sendSignal(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if ((await stateOfProcess(identity)) !== "alive") return true;
  try {
    process.kill(identity.pid, signal);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
    throw error;
  }
}

async function isGoneWithin(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const startedAt = performance.now();
  while ((await stateOfProcess(identity)) === "alive") {
    if (performance.now() - startedAt > limitMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

async function launchOnce(options: LaunchOptions): Promise<ServerProcess | string> {
  await rotateLog(options.folder.log);
  const log = await open(options.folder.log, "a", 0o600);
  await giveToFolderOwner(options.folder.root, options.folder.log);
  try {
    const logStart = (await log.stat()).size;
    const args = ["-D", options.folder.cluster];
    for (const [name, value] of Object.entries(options.settings)) args.push("-c", `${name}=${value}`);
    const call = programCall(options.runAs, options.binaries.postgres, args, options.binaries.env);
    const child = spawn(call.command, [...call.args], {
      ...call.options,
      cwd: "/",
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const failed = await started(child);
    if (failed !== undefined) return failed;
    child.unref();
    const early = await untilReady(child, options);
    if (typeof early !== "string") return early;
    return `${early}${await logTail(options.folder.log, logStart)}`;
  } finally {
    await log.close();
  }
}

async function started(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("spawn", () => {
      resolve(undefined);
    });
    // Stays for the life of the child: without a listener an error would end this process.
    child.on("error", (error) => {
      resolve(error.message);
    });
  });
}

async function untilReady(child: ChildProcess, options: LaunchOptions): Promise<ServerProcess | string> {
  const startedAt = performance.now();
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      return `it ended at once (${child.signalCode ?? `exit code ${String(child.exitCode)}`}). `;
    }
    const status = await statusOf(options.folder);
    if (status === "ready" && (await askServer(options.socketFolder)) === "ready") {
      const identity = child.pid === undefined ? undefined : await findProcess(child.pid);
      if (identity !== undefined) return { identity, socketFolder: options.socketFolder };
    }
    const limitMs = status === "starting" ? RECOVERY_LIMIT_MS : SILENCE_LIMIT_MS;
    if (performance.now() - startedAt > limitMs) {
      child.kill("SIGQUIT");
      return `it did not accept connections within ${String(limitMs / 1000)} s. `;
    }
    await sleep(POLL_MS);
  }
}

/** What the server says of itself in the last line of its pid file; `undefined` before it wrote one. */
async function statusOf(folder: DataFolder): Promise<string | undefined> {
  const text = await readFile(pidFile(folder), "utf8").catch(() => "");
  return text.split("\n")[7]?.trim();
}

/**
 * Asks the server for a connection, and makes the database when a new cluster does not have it yet.
 *
 * @returns `silent` when nobody listens; `busy` when somebody does but gives no connection now (starting, all connections taken, overloaded).
 */
export async function askServer(socketFolder: string): Promise<"ready" | "busy" | "silent"> {
  const answer = await tryConnect(embeddedUrl(socketFolder));
  switch (answer) {
    case "ready":
      return "ready";
    case "3D000":
      await makeDatabase(socketFolder);
      return "ready";
    case "ENOENT":
    case "ECONNREFUSED":
      return "silent";
    default:
      return "busy";
  }
}

/**
 * The server that runs on the cluster and can be joined. One that is starting is waited for; one that is stopping, or has lost its socket, is seen to its end.
 * A server that is only slow or full is never stopped: others work with it.
 */
export async function findUsableServer(folder: DataFolder): Promise<ServerProcess | undefined> {
  const startedAt = performance.now();
  for (;;) {
    const server = await findServer(folder);
    if (server === undefined) {
      const isComing = (await findLaunchedServers(folder.cluster)).length > 0;
      if (!isComing || performance.now() - startedAt > SILENCE_LIMIT_MS) return undefined;
      await sleep(POLL_MS);
      continue;
    }
    const status = await statusOf(folder);
    if (status === "ready" && (await askServer(server.socketFolder)) !== "silent") return server;
    const isComing = status !== "ready" && status !== "stopping";
    if (!isComing || performance.now() - startedAt > RECOVERY_LIMIT_MS) {
      await stopServer(server);
      return undefined;
    }
    await sleep(POLL_MS);
  }
}

async function tryConnect(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return "ready";
  } catch (error) {
    return (error as { code?: string }).code ?? "unknown";
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** SQLSTATE of PostgreSQL: 42P04 when it was there at the beginning, 23505 when another session ended making it first. */
const MADE_MEANWHILE = new Set(["42P04", "23505"]);

async function makeDatabase(socketFolder: string): Promise<void> {
  const client = new pg.Client({ connectionString: embeddedUrl(socketFolder, "postgres") });
  await client.connect();
  try {
    await client.query(`create database ${EMBEDDED_NAME}`);
  } catch (error) {
    // Another process, or the server for one that was killed, made it in the meantime.
    if (!MADE_MEANWHILE.has((error as { code?: string }).code ?? "")) throw error;
  } finally {
    await client.end();
  }
}

function pidFile(folder: DataFolder): string {
  return join(folder.cluster, "postmaster.pid");
}

/** PostgreSQL works in its data folder: the one fact that tells it from a process that got its pid later. */
async function worksIn(pid: number, cluster: string): Promise<boolean> {
  const cwd = await readlink(`/proc/${String(pid)}/cwd`).catch(() => undefined);
  if (cwd !== undefined) return cwd === (await realpath(cluster).catch(() => cluster));
  const listed = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => undefined);
  return listed?.stdout.includes("postgres") === true && listed.stdout.includes(cluster);
}

async function rotateLog(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && found.size > LOG_ROTATE_BYTES) await rename(path, `${path}.1`);
}

async function logTail(path: string, from: number): Promise<string> {
  const text = await readFile(path).catch(() => Buffer.alloc(0));
  const lines = text.subarray(from).toString("utf8").trim().split("\n").slice(-8).join("\n");
  return `Its log (${path}) says:\n${lines}`;
}
