import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { median } from "./statistics.ts";

const SETTINGS = ["fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "wal_level", "shared_buffers"];

/** Where figures come from: without it they say nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  /** Of PostgreSQL: what decides whether a commit is safe when it returns. */
  readonly postgresSettings: Readonly<Record<string, string>>;
  /** Median time of a flush of 8 kB to the disk of the database, in ms. */
  readonly flushMs: number;
}

/** Names this machine and the database of the bench. */
export async function describeMachine(bench: Bench): Promise<Machine> {
  const names = ["server_version", ...SETTINGS].map((name) => `current_setting('${name}') as ${name}`);
  const [row] = await bench.query(bench.server.url, `select ${names.join(", ")}`);
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, String(row[name])]));
  return {
    cpu: cpuModel(),
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${distribution() ?? platform()}, kernel ${release()}, ${arch()}`,
    node: process.version,
    postgres: String(row.server_version),
    postgresSettings: settings,
    flushMs: await measureFlush(bench.folder),
  };
}

function cpuModel(): string {
  return cpus()[0]?.model.replaceAll(/\s+/g, " ").trim() || "unknown";
}

/** Name of a Linux distribution. */
function distribution(): string | undefined {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

/** What every durable commit pays at least. */
async function measureFlush(folder: string): Promise<number> {
  const file = await open(join(folder, "flush"), "w");
  try {
    const times: number[] = [];
    for (let time = 0; time < 100; time += 1) {
      await file.write(Buffer.alloc(8_192, time), 0, 8_192, 0);
      const beganMs = performance.now();
      await file.datasync();
      times.push(performance.now() - beganMs);
    }
    return median(times);
  } finally {
    await file.close();
  }
}
