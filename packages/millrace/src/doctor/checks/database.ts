import { measureCommits } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { percentile, showMs } from "../percentile.ts";
import { bad, ok, warn, type Verdict } from "../verdict.ts";

const SAMPLES = 50;
const LIMIT_MS = 1_000;
const SLOW_MS = 10;
const TOO_SLOW_MS = 100;
/** The newest major version that Millrace's tests run on. */
const NEWEST_MAJOR = 18;

/** A database that answers. */
export interface DatabaseFacts {
  readonly name: string;
  /** As `server_version_num`. */
  readonly serverVersion: number;
  readonly roundTripsMs: readonly number[];
}

/** How far away it is, and whether its version is known. One that does not answer never gets here. */
export function judgeDatabase({ name, serverVersion, roundTripsMs }: DatabaseFacts): readonly Verdict[] {
  const major = Math.floor(serverVersion / 10_000);
  const median = percentile(roundTripsMs, 50);
  const fact = `${name}, PostgreSQL ${major}.${serverVersion % 10_000}, round trip p50 ${showMs(median)}, p99 ${showMs(percentile(roundTripsMs, 99))}`;
  const near = "Run Millrace nearer to its database: each step of a run waits for one round trip or more.";
  if (median > TOO_SLOW_MS) return [bad(fact, near)];
  if (median > SLOW_MS) return [warn(fact, near)];
  if (major > NEWEST_MAJOR)
    return [
      warn(
        `${fact}; tested are 14 to ${NEWEST_MAJOR}`,
        "Look for a newer Millrace, or use a PostgreSQL that is tested.",
      ),
    ];
  return [ok(fact)];
}

/** Whether the database can be used, its version and its distance. */
export const databaseCheck = makeCheck({
  name: "database",
  about: "whether the database can be used, its version, and how long it takes to answer",
  needs: "database",
  gather: async ({ pool, databaseName }): Promise<DatabaseFacts> => ({
    name: databaseName,
    serverVersion: pool.serverVersion,
    roundTripsMs: (await measureCommits(pool, SAMPLES, LIMIT_MS)).roundTripsMs,
  }),
  judge: judgeDatabase,
});
