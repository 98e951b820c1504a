// Millrace runs for minutes as people run it, with retention on: nothing that it holds may grow with what it has done.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEmbedded, openPool, readDatabaseSize, type DatabasePool } from "@millrace/store";
import { expect, test } from "vitest";
import { cliProject } from "../harness/cli-project.ts";
import { growthOf, type Growth, type Series } from "./growth.ts";
import { folderBytes, heldBy, processTree } from "./measure.ts";

/** At least so many task instances are made. */
const INSTANCES = Number(process.env.SOAK_INSTANCES ?? 200_000);
/**
 * What is kept reaches its height when retention has begun to remove: a run goes two minutes after its end at the earliest, and the rounds are a minute
 * apart. One more round, whose removed rows leave room for new ones, ends the warm-up; three more are measured.
 */
const SETTLE_MS = 60_000;
const MEASURE_MS = Number(process.env.SOAK_SECONDS ?? 180) * 1_000;
const INSTANCES_PER_RUN = 50;
const LOOK_MS = 2_000;
/** A pause of the machine may hold it up; a retention that does not work holds it up for ever. */
const LONGEST_MS = 900_000;
const RUNS_OF_A_MINUTE = 60;
const MEGABYTE = 1_048_576;

const CONFIG = {
  // Some hundred runs: the tables hold as much at the end as in the middle.
  retention: { maxRuns: 60, maxRunsWithLogs: 30 },
  executor: { concurrency: 64, workers: 2 },
};

/** Measurements by name; a process that comes later has fewer, and is judged by what it has. */
class Measured {
  readonly #series = new Map<string, { values: number[]; slack: number }>();

  add(name: string, value: number, slack: number): void {
    const known = this.#series.get(name);
    if (known) known.values.push(value);
    else this.#series.set(name, { values: [value], slack });
  }

  all(): readonly Series[] {
    return [...this.#series].map(([name, { values, slack }]) => ({ name, values, slack }));
  }
}

test(
  "two hundred thousand task instances leave memory, file handles, tables and logs where they were",
  { timeout: 1_200_000 },
  async () => {
    await using project = await cliProject({
      "millrace.json": JSON.stringify(CONFIG),
      "dags/soak.dag.ts": await readFile(join(import.meta.dirname, "dags/soak.dag.ts"), "utf8"),
    });
    const started = await project.start();
    const postgres = join(project.folder, ".millrace/postgres");
    const connection = await connectEmbedded({ folder: postgres });
    const pool = await openPool({ url: connection.url, max: 2 });
    const measured = new Measured();
    const since = performance.now();
    let instances = 0;
    let settledAtMs = Infinity;
    try {
      while (instances < INSTANCES || performance.now() < settledAtMs + MEASURE_MS) {
        await sleep(LOOK_MS);
        expect(started.process.exitCode, started.output()).toBeNull();
        const { first, last } = await runIds(pool);
        instances = last * INSTANCES_PER_RUN;
        const nowMs = performance.now();
        if (first > RUNS_OF_A_MINUTE && settledAtMs === Infinity) settledAtMs = nowMs + SETTLE_MS;
        expect(nowMs - since, "retention has removed nothing yet").toBeLessThan(LONGEST_MS);
        if (nowMs < settledAtMs) continue;
        measureProcesses(measured, started.process.pid as number);
        await measureStorage(measured, pool, project.folder);
      }
    } finally {
      await pool.close();
      await connection.close();
    }
    await started.stop();
    const seconds = (performance.now() - since) / 1_000;
    const growths = measured.all().map(growthOf);
    console.log(
      `${instances} task instances in ${seconds.toFixed(0)} s, ${(instances / seconds).toFixed(0)}/s\n${tableOf(growths)}`,
    );
    expect(growths.filter(({ isBounded }) => !isBounded).map(({ name }) => name)).toEqual([]);
  },
);

/** Run ids ascend with few gaps: about as many runs as the last one says were made, and those before the first one are gone. */
async function runIds(pool: DatabasePool): Promise<{ readonly first: number; readonly last: number }> {
  const { rows } = await pool.query<{ first: number; last: number }>(
    "select coalesce(min(run_id), 0) as first, coalesce(max(run_id), 0) as last from millrace.dag_run",
  );
  return rows[0];
}

function measureProcesses(measured: Measured, root: number): void {
  let serverBytes = 0;
  let serverHandles = 0;
  let worker = 0;
  for (const { pid, command } of processTree(root)) {
    const { memoryBytes, handles } = heldBy(pid);
    if (command.startsWith("postgres") || command.includes("/postgres")) {
      serverBytes += memoryBytes;
      serverHandles += handles;
      continue;
    }
    const name = pid === root ? "millrace start" : /worker\/main/.test(command) ? `worker ${(worker += 1)}` : undefined;
    // Loaders of DAG files come and go.
    if (name === undefined) continue;
    measured.add(`${name}: memory, MB`, memoryBytes / MEGABYTE, 24);
    measured.add(`${name}: handles`, handles, 8);
  }
  measured.add("postgres, all: memory, MB", serverBytes / MEGABYTE, 24);
  measured.add("postgres, all: handles", serverHandles, 40);
}

async function measureStorage(measured: Measured, pool: DatabasePool, folder: string): Promise<void> {
  const { tables } = await readDatabaseSize(pool);
  for (const { name, heapBytes, indexBytes, toastBytes } of tables)
    // The feed of changes keeps an hour, longer than this lasts: until then it may fill (packages/store/src/migrations/0010-change-feed.sql).
    measured.add(
      `table ${name}, MB`,
      (heapBytes + indexBytes + toastBytes) / MEGABYTE,
      name === "change_feed" ? 16 : 4,
    );
  for (const name of ["logs", "blobs"])
    measured.add(`folder ${name}, MB`, folderBytes(join(folder, ".millrace", name)) / MEGABYTE, 4);
}

function tableOf(growths: readonly Growth[]): string {
  const shown = (value: number): string => value.toFixed(1).padStart(9);
  const width = Math.max(...growths.map(({ name }) => name.length));
  const head = `${"".padEnd(width)}  ${["before", "after", "most"].map((word) => word.padStart(9)).join("")}`;
  const lines = growths.map(
    ({ name, before, after, most, isBounded }) =>
      `${name.padEnd(width)}  ${[before, after, most].map(shown).join("")}${isBounded ? "" : "  GROWS"}`,
  );
  return [head, ...lines].join("\n");
}
