import { existsSync } from "node:fs";
import { appendFile, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connectEmbedded, openPool, type DatabasePool } from "@millrace/store";
import type { Death } from "./protocol.ts";
import { launchSystem, type SystemProcess } from "./system-process.ts";
import type { Deed, Strike } from "./tell.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

/** What a project under test is made with. */
export interface FaultyProjectOptions {
  /** A server of the caller's; default: the embedded one of the project. */
  readonly url?: string;
  /** Names of DAG files of this folder. */
  readonly dagFiles: readonly string[];
}

/** A project in a temporary folder whose Millrace processes die, with its database and what its tasks did in the world. */
export interface FaultyProject extends AsyncDisposable {
  readonly folder: string;
  /** Starts a Millrace in the project. @returns when it is ready, or has died by its order. */
  launch(death?: Death): Promise<SystemProcess>;
  /** Lends the database, whether a Millrace runs or not. */
  withDatabase<T>(work: (pool: DatabasePool) => Promise<T>): Promise<T>;
  /** Orders a body to kill a process. */
  strike(strike: Strike): Promise<void>;
  /** True once a body has carried the order out. */
  hasStruck(): boolean;
  deeds(): Promise<readonly Deed[]>;
}

/** Makes a project. Its processes, its database and its folder go with it. Disposing of it throws what a process said that could not end, once all is gone. */
export async function faultyProject(options: FaultyProjectOptions): Promise<FaultyProject> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-faults-"));
  await makeProject(folder, options.dagFiles);
  const running = new Set<SystemProcess>();
  let isGone = false;
  const embedded = join(folder, ".millrace/postgres");
  const withDatabase = async <T>(work: (pool: DatabasePool) => Promise<T>): Promise<T> => {
    const connection = options.url === undefined ? await connectEmbedded({ folder: embedded }) : undefined;
    const pool = await openPool({ url: connection?.url ?? (options.url as string), max: 2 });
    try {
      return await work(pool);
    } finally {
      await pool.close();
      await connection?.close();
    }
  };
  return {
    folder,
    withDatabase,
    async launch(death) {
      if (isGone)
        throw new Error("the project is gone: whoever starts this one belongs to an attempt that was given up");
      await appendFile(join(folder, "deeds.jsonl"), `${JSON.stringify({ phase: "boot" })}\n`);
      const launched = await launchSystem({
        folder,
        ...(death && { death }),
        ...(options.url !== undefined && { url: options.url }),
      });
      // Given up while it started.
      if (isGone) await launched.kill();
      running.add(launched);
      void launched.ended.finally(() => running.delete(launched));
      return launched;
    },
    strike: (strike) => writeFile(join(folder, "strike.json"), JSON.stringify(strike)),
    hasStruck: () => !existsSync(join(folder, "strike.json")),
    async deeds() {
      const text = await readFile(join(folder, "deeds.jsonl"), "utf8");
      return text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Deed);
    },
    async [Symbol.asyncDispose]() {
      isGone = true;
      // One that cannot end is killed, and what else the project has goes all the same.
      const stopped = await Promise.allSettled([...running].map((system) => system.stop()));
      // A server that a killed Millrace left running ends with its last user.
      if (options.url === undefined) await withDatabase(() => Promise.resolve());
      await rm(folder, { recursive: true, force: true });
      for (const each of stopped) if (each.status === "rejected") throw each.reason;
    },
  };
}

async function makeProject(folder: string, dagFiles: readonly string[]): Promise<void> {
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await mkdir(join(folder, "dags"));
  await writeFile(join(folder, "millrace.json"), "{}");
  await writeFile(join(folder, "deeds.jsonl"), "");
  for (const file of ["tell.ts", ...dagFiles])
    await copyFile(join(import.meta.dirname, file), join(folder, "dags", file));
}
