import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool, startEmbeddedPostgres, type DatabasePool, type EmbeddedPostgres } from "@millrace/store";
import type { Progress } from "./report/progress.ts";
import type { Scale } from "./scale.ts";
import type { MemoryUse } from "./system/protocol.ts";
import { memoryOfChildren } from "./system/memory-of-children.ts";
import { makeProject, startSystem, type MeasuredSystem } from "./system/measured-system.ts";

/** Tries at once in the workloads that look for the engine's limit: enough that it never waits for a task. */
export const WIDE_CONCURRENCY = 1_024;

/** How the Millrace of a workload is set up. */
export interface Setup {
  /** "defaults", or "wide": limits on how much runs at once out of the way. */
  readonly limits: "defaults" | "wide";
  /** Name of its database on the bench's server. Default: one that the workloads share. */
  readonly database?: string;
}

/** What a bench is made with. */
export interface BenchOptions {
  readonly scale: Scale;
  readonly progress: Progress;
  readonly profileFolder?: string;
}

/** What a Millrace used at some moment, in bytes. */
export interface MemoryNote extends MemoryUse {
  readonly when: string;
  /** Its workers, DAG loaders and compiler. */
  readonly children: readonly number[];
}

/** Hands workloads what they measure, and remembers what several of them need. One system runs at a time. */
export class Bench {
  readonly scale: Scale;
  readonly progress: Progress;
  /** Ends with the bench. */
  readonly folder: string;
  readonly profileFolder: string | undefined;
  readonly server: EmbeddedPostgres;
  readonly memoryNotes: MemoryNote[] = [];
  readonly #databases = new Map<string, string>();
  readonly #known = new Map<string, Promise<unknown>>();
  readonly #ends: (() => Promise<void>)[] = [];
  #open: { readonly key: string; readonly system: MeasuredSystem } | undefined;

  private constructor(options: BenchOptions, folder: string, server: EmbeddedPostgres) {
    this.scale = options.scale;
    this.progress = options.progress;
    this.profileFolder = options.profileFolder;
    this.folder = folder;
    this.server = server;
  }

  /** Starts a PostgreSQL server of its own, with the settings that every embedded one has: each commit is flushed. */
  static async open(options: BenchOptions): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
    options.progress.note("starting PostgreSQL");
    const server = await startEmbeddedPostgres({ folder: join(folder, "postgres") });
    return new Bench(options, folder, server);
  }

  /** The running Millrace with this setup; another one that runs is stopped first. */
  async system(setup: Setup): Promise<MeasuredSystem> {
    const database = setup.database ?? "workloads";
    const key = `${database} ${setup.limits}`;
    if (this.#open?.key === key) return this.#open.system;
    await this.endSystem();
    this.progress.note(`starting Millrace (${setup.limits})`);
    const folder = join(this.folder, "project");
    await makeProject(folder);
    const system = await startSystem({
      folder,
      databaseUrl: await this.database(database),
      settings: setup.limits === "wide" ? { MILLRACE__EXECUTOR__CONCURRENCY: String(WIDE_CONCURRENCY) } : {},
      ...(this.profileFolder !== undefined && { profileFolder: this.profileFolder }),
    });
    this.#open = { key, system };
    if (this.memoryNotes.length === 0) await this.noteMemory("idle, right after its start");
    await system.ask({ k: "pool", slots: setup.limits === "wide" ? WIDE_CONCURRENCY : 128 });
    await system.run("chain", 3, { pace: "one by one" });
    if (this.profileFolder !== undefined) await system.ask({ k: "profile" });
    return system;
  }

  /** Looks at the memory of the running system. */
  async noteMemory(when: string): Promise<MemoryNote> {
    if (!this.#open) throw new Error("no Millrace runs that could be looked at");
    const { system } = this.#open;
    const note = { when, ...(await system.ask({ k: "memory" })), children: await memoryOfChildren(system.pid) };
    this.memoryNotes.push(note);
    return note;
  }

  /** Stops the running system, if there is one. */
  async endSystem(): Promise<void> {
    const system = this.#open?.system;
    this.#open = undefined;
    if (!system) return;
    if (this.profileFolder !== undefined) {
      const file = join(this.profileFolder, `scheduler-${system.pid}.cpuprofile`);
      await system.ask({ k: "save-profile", file });
    }
    await system.stop();
  }

  /** URL of a database of the bench's server, made when it is not there. */
  async database(name: string): Promise<string> {
    const known = this.#databases.get(name);
    if (known !== undefined) return known;
    await this.query(this.server.url, `create database ${name}`);
    const url = this.server.url.replace(/@\/[^?]*/, `@/${name}`);
    this.#databases.set(name, url);
    return url;
  }

  /** One statement on a connection of its own. */
  async query(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const pool: DatabasePool = await openPool({ url, max: 2 });
    try {
      return (await pool.query(text)).rows;
    } finally {
      await pool.close();
    }
  }

  /** Measures something once and remembers it for other workloads. */
  once<T>(key: string, measure: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key) ?? measure();
    this.#known.set(key, known);
    return known as Promise<T>;
  }

  /** A folder of its own below the bench's. */
  async subfolder(name: string): Promise<string> {
    const folder = join(this.folder, name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Takes something down with the bench, which would wait for its process. */
  atEnd(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  async close(): Promise<void> {
    for (const end of this.#ends) await end();
    await this.endSystem().catch((error: unknown) => this.progress.note(String(error)));
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
