import type { Micros } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const NOTHING = "select 1";

const CLOCK = "select clock_timestamp() as at";

// A record in the write-ahead log that means nothing to anybody: the commit has to wait for the disk, as one of ours does. Changes of a temporary
// table would not do: PostgreSQL commits those without waiting.
const FLUSH = "select pg_logical_emit_message(true, 'millrace.doctor', repeat('x', 1000))";

/** The database's clock, and this host's just before and just after it was asked. */
export interface ClockSample {
  readonly database: Micros;
  readonly before: Micros;
  readonly after: Micros;
}

/** How long single statements took, in milliseconds, in the order of asking. */
export interface Timings {
  /** Of a statement that does nothing. */
  readonly roundTripsMs: readonly number[];
  /** Of a transaction whose commit waits for the disk; none on a standby. */
  readonly commitsMs: readonly number[];
}

/** Asks the database for its time, so often. @param hostNow this host's clock */
export async function readClock(
  pool: DatabasePool,
  count: number,
  hostNow: () => Micros,
): Promise<readonly ClockSample[]> {
  return await runGuarded(pool, "any", async (client) => {
    const samples: ClockSample[] = [];
    for (let sample = 0; sample < count; sample += 1) {
      const before = hostNow();
      const { rows } = await client.query<{ at: Micros }>(CLOCK);
      samples.push({ before, database: rows[0].at, after: hostNow() });
    }
    return samples;
  });
}

/** Measures round trips and durable commits, `count` of each but no longer than `limitMs` together. Leaves nothing in any table. */
export async function measureCommits(pool: DatabasePool, count: number, limitMs: number): Promise<Timings> {
  return await runGuarded(pool, "any", async (client) => {
    const endAt = performance.now() + limitMs;
    const time = async (statement: string, until: number): Promise<readonly number[]> => {
      const times: number[] = [];
      while (times.length < count && (times.length === 0 || performance.now() < until)) {
        const startedAt = performance.now();
        await client.query(statement);
        times.push(performance.now() - startedAt);
      }
      return times;
    };
    const roundTripsMs = await time(NOTHING, endAt - limitMs / 2);
    const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
    return { roundTripsMs, commitsMs: rows[0].standby ? [] : await time(FLUSH, endAt) };
  });
}
