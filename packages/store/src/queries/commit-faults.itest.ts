import { isMillraceError, type EndChange, type MillraceError, type RunChanges } from "@millrace/core";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aChange, aCreation, anEnd, AN_INSTANT, aRunOf, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

const LONE_SURROGATE = "half \ud83d of a pair";

async function failureOf(work: Promise<unknown>): Promise<MillraceError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isMillraceError(error)) throw new Error(`no MillraceError but ${String(error)}`);
  return error;
}

async function endOf(change: Partial<EndChange>): Promise<{ readonly error: MillraceError; readonly runId: number }> {
  const [good, runId] = [await aRunOf(store), await aRunOf(store)];
  const error = await failureOf(
    store.commitRuns(aChange(good, { instances: [anEnd("t")] }), aChange(runId, { instances: [anEnd("t", change)] })),
  );
  // All or nothing: the innocent run of the batch is as it was.
  for (const untouched of [good, runId]) expect((await store.engine.loadRun(untouched))?.run.version).toBe(1);
  return { error, runId };
}

describe("R11: values that the database refuses name their place and change nothing", () => {
  test.each<[string, Partial<EndChange>]>([
    ["NUL in a result", { result: { json: '"a\0b"' } }],
    ["half of a surrogate pair in a result", { result: { json: JSON.stringify("x").replace("x", LONE_SURROGATE) } }],
    ["a result of 100 MB", { result: { json: `"${"x".repeat(100 * 1024 * 1024)}"` } }],
    ["NUL in rendered fields", { rendered: "\0" }],
    ["a date that no double holds", { endedAt: Number.MAX_SAFE_INTEGER + 2 }],
    ["a date with a fraction", { dueAt: 1.5 }],
    ["a date that is none", { startedAt: Number.NaN }],
    ["a length beyond 32 bits", { resultLength: 2 ** 31 }],
  ])("%s", async (_name, change) => {
    const { error, runId } = await endOf(change);
    expect(error.code).toBe("DATA_REJECTED");
    expect(error.details).toMatchObject({ runId, taskId: "t", mapIndex: -1 });
  });

  test("a value that only the database itself refuses", async () => {
    const { error } = await endOf({ state: "no such state" as EndChange["state"] });
    expect(error.code).toBe("DATA_REJECTED");
    expect(error.details).toMatchObject({ sqlState: "22P02" });
  });

  test.each<[string, Partial<NonNullable<RunChanges["created"]>>]>([
    ["NUL in a run key", { runKey: "a\0b" }],
    ["half of a surrogate pair in the conf", { conf: LONE_SURROGATE }],
    ["a logical date out of range", { logicalDate: 2 ** 60 }],
  ])("%s", async (_name, created) => {
    const runId = await store.engine.reserveRunIds(1);
    const error = await failureOf(store.commitRuns(aCreation(runId, created)));
    expect(error.code).toBe("DATA_REJECTED");
    expect(error.details).toMatchObject({ runId });
    expect(await store.engine.loadRun(runId)).toBeUndefined();
  });

  test("text for people is cleaned instead: a try must not fail for its own message", async () => {
    const runId = await aRunOf(store);
    const dirty = `a\0b ${LONE_SURROGATE}`;
    const clean = "a\uFFFDb half \uFFFD of a pair";
    const log = { host: "h", segment: "s", from: 0, to: 1, lines: 1, tail: dirty, complete: true };
    const result = await store.commitRuns(
      aChange(runId, {
        run: { cause: { code: "X", message: dirty } },
        instances: [
          anEnd("t", { workerId: dirty, mapName: dirty, log, cause: { code: "X", message: dirty, stack: dirty } }),
        ],
        callbacks: [{ scope: "run", event: "failure", reason: dirty }],
      }),
    );
    expect(result.committed.size).toBe(1);
    const rows = await store.sql(
      "select cause::json ->> 'message' as cause, cause::json ->> 'stack' as stack, log::json -> 0 ->> 'tail' as log, map_name from millrace.task_instance where run_id = $1",
      [runId],
    );
    expect(rows).toEqual([{ cause: clean, stack: clean, log: clean, map_name: clean }]);
    expect((await store.queries.findRunById(runId))?.cause?.message).toBe(clean);
  });

  test("text at the edges arrives as it was", async () => {
    const runId = await aRunOf(store);
    const json = JSON.stringify(`\u0000 \ud83d ${"ä€😀".repeat(3_000)} "quotes" \\ {braces,} NULL`);
    await store.commitRuns(
      aChange(runId, {
        instances: [
          anEnd("t", {
            result: { json },
            startedAt: -1,
            endedAt: 253_402_300_799_999_999 - 250_000_000_000_000_000,
            dueAt: 0,
          }),
        ],
      }),
    );
    expect(await store.engine.readResults([{ runId, taskId: "t" }])).toEqual([[{ json }]]);
    expect((await store.engine.loadRun(runId))?.instances[0]).toMatchObject({ startedAt: -1, dueAt: 0 });
  });
});

describe("trouble of the server", () => {
  test("a connection cut while a commit is under way leaves its outcome unknown", async () => {
    const runId = await aRunOf(store);
    await using lock = await holdInstances(store.url, runId);
    const failure = failureOf(store.commitRuns(aChange(runId, { instances: [anEnd("t")] })));
    const pid = await lock.waitForWaiter();
    await store.sql("select pg_terminate_backend($1)", [pid]);
    const error = await failure;
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.details["outcome"]).toBe("unknown");
    await lock.release();
    // The store has a new connection by itself.
    expect(
      (await store.commitRuns(aChange(runId, { instances: [anEnd("t", { endedAt: AN_INSTANT + 7 })] }))).committed,
    ).toEqual(new Set([runId]));
  });

  test("a commit that loses a lock is tried again until it gets it", async () => {
    const runId = await aRunOf(store);
    await using lock = await holdInstances(store.url, runId);
    const committed = store.commitRuns(aChange(runId, { instances: [anEnd("t")] }));
    const first = await lock.waitForWaiter();
    // The lock timeout ends the first attempt; the second one waits at the same place again.
    await lock.waitForCount(first, 2);
    await lock.release();
    expect((await committed).committed).toEqual(new Set([runId]));
  });
});

interface HeldLock extends AsyncDisposable {
  /** Waits until a commit waits for the lock. @returns its backend. */
  waitForWaiter(): Promise<number>;
  /** Waits until that backend has begun its `count`-th statement since the call. */
  waitForCount(pid: number, count: number): Promise<void>;
  release(): Promise<void>;
}

async function holdInstances(url: string, runId: number): Promise<HeldLock> {
  const [holder, watcher] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  await Promise.all([holder.connect(), watcher.connect()]);
  await holder.query("begin");
  await holder.query("select from millrace.task_instance where run_id = $1 for update", [runId]);
  const poll = async (text: string, values: unknown[]): Promise<Record<string, unknown>[]> =>
    (await watcher.query<Record<string, unknown>>(text, values)).rows;
  const waitForWaiter = async (): Promise<number> => {
    for (;;) {
      const [row] = await poll(
        "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        [],
      );
      if (row !== undefined) return Number(row["pid"]);
    }
  };
  const release = async (): Promise<void> => {
    await holder.query("rollback");
  };
  return {
    waitForWaiter,
    release,
    waitForCount: async (pid, count) => {
      const seen = new Set<string>();
      while (seen.size < count) {
        const [row] = await poll(
          "select query_start::text as at from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'",
          [pid],
        );
        if (row !== undefined) seen.add(String(row["at"]));
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([holder.end(), watcher.end()]);
    },
  };
}
