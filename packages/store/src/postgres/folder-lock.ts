// A lock made of files, safe when its holder is killed at any point and when two others find the dead holder at once.
//
// The lock of a folder is a series `gate.1`, `gate.2`, …: the highest number is the lock. Who takes it over from a dead
// or finished holder creates the next number with link(2), which only one process can. Nobody ever deletes or replaces
// another's highest file, so the race "both found it stale, the second deletes the first one's new lock" cannot happen.
import { randomUUID } from "node:crypto";
import { link, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MillraceError } from "@millrace/core";
import { giveToFolderOwner } from "./folder-owner.ts";
import { stateOfProcess, thisProcess } from "./process-identity.ts";
import type { ProcessIdentity, ProcessState } from "./process-identity.ts";

const POLL_MS = 10;
/** A holder of another container cannot be checked; after this long without change it is taken for dead. */
const ELSEWHERE_PATIENCE_MS = 60_000;
const PREFIX = "gate.";

/** A process that holds the lock of a folder. */
export interface LockHolder {
  readonly path: string;
  readonly holder: ProcessIdentity;
  readonly state: ProcessState;
  /** By this machine's clock, as `Date.now()`; undefined when it was given back meanwhile. */
  readonly sinceMs: number | undefined;
}

interface GateFile {
  readonly number: number;
  /** `undefined` once it was given back. */
  readonly holder: ProcessIdentity | undefined;
}

/**
 * Runs `work` while no other call, of this or any other process, runs its own on the same folder.
 *
 * @throws MillraceError DATA_FOLDER_IN_USE when a live process holds the lock for longer than `patienceMs` (default 120 000).
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>, patienceMs = 120_000): Promise<T> {
  const me = await thisProcess();
  const draft = join(folder, `draft-${randomUUID()}`);
  await writeOwn(folder, draft, JSON.stringify(me));
  const number = await takeGate(folder, draft, patienceMs).finally(() => rm(draft, { force: true }));
  try {
    return await work();
  } finally {
    const released = join(folder, `draft-${randomUUID()}`);
    await writeOwn(folder, released, "{}");
    await rename(released, gatePath(folder, number));
  }
}

/** Who holds the lock of a folder now, and since when; undefined when nobody does. Changes nothing. */
export async function findLockHolder(folder: string): Promise<LockHolder | undefined> {
  const top = await highestGate(folder);
  if (top?.holder === undefined) return undefined;
  const path = gatePath(folder, top.number);
  const info = await stat(path).catch(() => undefined);
  return { path, holder: top.holder, state: await stateOfProcess(top.holder), sinceMs: info?.mtimeMs };
}

async function writeOwn(folder: string, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await giveToFolderOwner(folder, path);
}

async function takeGate(folder: string, draft: string, patienceMs: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const top = await highestGate(folder);
    const waitedMs = performance.now() - startedAt;
    if (top?.holder !== undefined && (await isHeld(top.holder, waitedMs))) {
      if (waitedMs > patienceMs) throw heldTooLong(folder, top.holder, waitedMs);
      await sleep(POLL_MS);
      continue;
    }
    const number = (top?.number ?? 0) + 1;
    if (!(await tryLink(draft, gatePath(folder, number)))) continue;
    const numbers = await gateNumbers(folder);
    // A slow process may create a number that others have long passed and cleared away.
    if (numbers.some((other) => other > number)) {
      await rm(gatePath(folder, number), { force: true });
      continue;
    }
    await Promise.all(
      numbers.filter((other) => other < number).map((other) => rm(gatePath(folder, other), { force: true })),
    );
    return number;
  }
}

async function isHeld(holder: ProcessIdentity, waitedMs: number): Promise<boolean> {
  const state = await stateOfProcess(holder);
  return state === "alive" || (state === "elsewhere" && waitedMs < ELSEWHERE_PATIENCE_MS);
}

async function highestGate(folder: string): Promise<GateFile | undefined> {
  for (;;) {
    const numbers = await gateNumbers(folder);
    if (numbers.length === 0) return undefined;
    const number = Math.max(...numbers);
    const text = await readGate(gatePath(folder, number));
    // Gone between listing and reading: somebody passed it, so there is a higher one.
    if (text === undefined) continue;
    const parsed = parseHolder(text);
    return { number, holder: parsed };
  }
}

/** @throws MillraceError NO_DATABASE when it is there and cannot be read, which no waiting would change. */
async function readGate(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new MillraceError("NO_DATABASE", `${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
      details: { hint: "Run this as the user who owns the file, or remove it while no Millrace runs on this folder." },
    });
  }
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity>;
    const { pid, started, space } = value;
    return pid === undefined || started === undefined || space === undefined ? undefined : { pid, started, space };
  } catch {
    // A file cut short by a power failure: its writer is gone.
    return undefined;
  }
}

async function gateNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^gate\.\d+$/.test(name)).map((name) => Number(name.slice(PREFIX.length)));
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function gatePath(folder: string, number: number): string {
  return join(folder, `${PREFIX}${String(number)}`);
}

function heldTooLong(folder: string, holder: ProcessIdentity, waitedMs: number): MillraceError {
  return new MillraceError(
    "DATA_FOLDER_IN_USE",
    `process ${String(holder.pid)} has been starting or stopping the database of ${folder} for ${String(Math.round(waitedMs / 1000))} s. ` +
      `Wait for it, or end it (kill ${String(holder.pid)}) if it hangs.`,
    { details: { folder, pid: holder.pid } },
  );
}
