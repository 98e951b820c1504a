import { randomUUID } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { measureCommits } from "@millrace/store";
import { makeCheck, type ConnectedProject } from "../check.ts";
import { percentile, showMs } from "../percentile.ts";
import { bad, ok, skipped, warn, type Verdict } from "../verdict.ts";

const SAMPLES = 100;
const LIMIT_MS = 1_500;
/** What the write-ahead log writes at a time. */
const PAGE = Buffer.alloc(8_192, 1);
const SLOW_MS = 10;
const TOO_SLOW_MS = 100;

/** How long it takes until a write is on the disk. */
export interface FsyncFacts {
  /** Where: the data folder itself, or a commit on the server less the way there and back. */
  readonly where: string;
  readonly ms: readonly number[];
}

/** Each step of a run waits for the disk once. */
export function judgeFsync({ where, ms }: FsyncFacts): readonly Verdict[] {
  if (ms.length === 0) return [skipped("this server takes no writes")];
  const median = percentile(ms, 50);
  const fact = `${where}: p50 ${showMs(median)}, p99 ${showMs(percentile(ms, 99))} (${ms.length} measured)`;
  const advice =
    "Each step of a run waits for this. Use a local SSD, best one with power-loss protection; look for what else writes to this disk.";
  return [median > TOO_SLOW_MS ? bad(fact, advice) : median > SLOW_MS ? warn(fact, advice) : ok(fact)];
}

/** The time that the disk takes for a durable write. */
export const fsyncCheck = makeCheck({
  name: "fsync",
  about: "how long a durable write takes: in the data folder, or as a commit on the database server",
  needs: "database",
  gather: async (project): Promise<FsyncFacts> =>
    project.config.database.url === undefined ? await measureFolder(project) : await measureServer(project),
  judge: judgeFsync,
});

async function measureFolder({ config }: ConnectedProject): Promise<FsyncFacts> {
  const path = join(config.core.dataFolder, `probe-${randomUUID()}`);
  const file = await open(path, "wx", 0o600);
  const ms: number[] = [];
  try {
    const endAt = performance.now() + LIMIT_MS;
    // The first one allocates; the log's files are there already.
    await file.write(PAGE, 0, PAGE.length, 0);
    await file.sync();
    while (ms.length < SAMPLES && performance.now() < endAt) {
      const startedAt = performance.now();
      await file.write(PAGE, 0, PAGE.length, 0);
      await file.datasync();
      ms.push(performance.now() - startedAt);
    }
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
  return { where: "a write of 8 kB and its flush in the data folder", ms };
}

async function measureServer({ pool }: ConnectedProject): Promise<FsyncFacts> {
  const { roundTripsMs, commitsMs } = await measureCommits(pool, SAMPLES, LIMIT_MS);
  const way = percentile(roundTripsMs, 50);
  return {
    where: `a commit on the server, less the round trip of ${showMs(way)}`,
    ms: commitsMs.map((ms) => Math.max(0, ms - way)),
  };
}
