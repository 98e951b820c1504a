// R10. Workers have their own lease: pid and start time, written down by the executor that made them. A starting executor of the same host ends
// those whose executor is gone, before anything is started again.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileSafe } from "../../logs/log-folder.ts";
import { killMarked } from "./marked-processes.ts";
import { processStartedAt } from "./process-started-at.ts";

interface WorkerRecord {
  readonly pid: number;
  readonly startedAt: string;
  readonly parentPid: number;
  readonly parentStartedAt: string;
  /** Absent in records of an older version. */
  readonly mark?: string;
}

/** The folder where executors of a host write down their worker processes. */
export class WorkerRecords {
  readonly #folder: string;
  readonly #parent: Promise<string | undefined>;

  constructor(dataFolder: string, host: string) {
    this.#folder = workersFolder(dataFolder, host);
    mkdirSync(this.#folder, { recursive: true });
    this.#parent = processStartedAt(process.pid);
  }

  async add(pid: number, mark?: string): Promise<void> {
    const [startedAt, parentStartedAt] = await Promise.all([processStartedAt(pid), this.#parent]);
    if (startedAt === undefined || parentStartedAt === undefined) return;
    const record: WorkerRecord = {
      pid,
      startedAt,
      parentPid: process.pid,
      parentStartedAt,
      ...(mark !== undefined && { mark }),
    };
    writeFileSync(this.#file(pid), JSON.stringify(record));
  }

  remove(pid: number): void {
    rmSync(this.#file(pid), { force: true });
  }

  /** Ends every recorded worker whose executor lives no more, and what its tries have started. @returns the pids of the workers. */
  async endSurvivors(): Promise<readonly number[]> {
    const ended: number[] = [];
    for (const name of readdirSync(this.#folder)) {
      const record = readRecord(join(this.#folder, name));
      if (record !== undefined && (await processStartedAt(record.parentPid)) === record.parentStartedAt) continue;
      if (record !== undefined && (await processStartedAt(record.pid)) === record.startedAt && killGroup(record.pid))
        ended.push(record.pid);
      if (record?.mark !== undefined) killMarked(record.mark);
      rmSync(join(this.#folder, name), { force: true });
    }
    return ended;
  }

  #file(pid: number): string {
    return join(this.#folder, `${pid}.json`);
  }
}

/** Kills a worker and everything in its process group. @returns false when there was nothing to kill. */
export function killGroup(pid: number): boolean {
  try {
    return process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // Nobody of the group lives any more.
    return false;
  }
}

function readRecord(file: string): WorkerRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as WorkerRecord;
  } catch {
    // Written halfway when its executor was killed: the worker it meant ends by itself when its IPC closes.
    return undefined;
  }
}

/** A worker process that has been written down and lives. */
export interface WorkerProcess {
  readonly pid: number;
  /** Whether the executor that made it lives. */
  readonly parentLives: boolean;
  /** 0 where the system does not tell it in a file. */
  readonly memoryBytes: number;
}

/** The live worker processes of a host, as executors with this data folder have written them down. Changes nothing. */
export async function findWorkerProcesses(dataFolder: string, host: string): Promise<readonly WorkerProcess[]> {
  const folder = workersFolder(dataFolder, host);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const found = await Promise.all(
    names.map(async (name): Promise<WorkerProcess | undefined> => {
      const record = readRecord(join(folder, name));
      if (record === undefined || (await processStartedAt(record.pid)) !== record.startedAt) return undefined;
      const parentLives = (await processStartedAt(record.parentPid)) === record.parentStartedAt;
      return { pid: record.pid, parentLives, memoryBytes: residentBytes(record.pid) };
    }),
  );
  return found.filter((each) => each !== undefined);
}

function workersFolder(dataFolder: string, host: string): string {
  return join(dataFolder, "workers", fileSafe(host));
}

function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1_024;
  } catch {
    // No such file system, or the process has just ended.
    return 0;
  }
}
