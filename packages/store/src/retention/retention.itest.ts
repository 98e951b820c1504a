import { afterAll, beforeAll, expect, test } from "vitest";
import { openPool, type DatabasePool } from "../postgres/index.ts";
import { aChange, aCreation, aFile, aSet, testStore, type TestStore } from "../testing/test-store.ts";
import { countCleanable, removeParts } from "./clean.ts";
import { findExpired } from "./find-expired.ts";
import { removeAuditBefore } from "./remove-audit.ts";

const DAY = 86_400_000_000;
const MINUTE = 60_000_000;
let store: TestStore;
let pool: DatabasePool;
beforeAll(async () => {
  store = await testStore();
  pool = await openPool({ url: store.url, max: 2 });
  const ids = ["old", "busy", "lone", "counted", "other"];
  await store.engine.saveFiles([aFile("a.dag.ts", ids)], { complete: true, pausedUponCreation: false });
});
afterAll(async () => {
  await pool.close();
  await store.close();
});

/** Runs `first` … of a DAG, a day of logical date each, that ended so many days ago. */
async function addRuns(
  dagId: string,
  runs: readonly { readonly id: number; readonly daysAgo: number; readonly state?: string; readonly type?: string }[],
): Promise<void> {
  for (const { id, daysAgo, state = "success", type = "manual" } of runs) {
    await store.sql(
      `insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at, ended_at)
       values ($1::bigint, $2, 'run-' || $1::bigint, $5::text::millrace.run_type, $4::text::millrace.run_state, 1, millrace.instant($1::bigint * 86400000000), now(), now(), now(), 'u', now(),
         case when $4::text in ('success', 'failed') then now() - $3::integer * interval '1 day' end)`,
      [id, dagId, daysAgo, state, type],
    );
    await store.sql(
      "insert into millrace.run_change (run_id, version, at, by, changes, counts) select $1::bigint, v, now(), 1, '{}', '' from generate_series(1, 3) v",
      [id],
    );
    await store.sql(
      "insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries, dag_version) select $1::bigint, 'task-' || t, -1, 'success', 1, 1, 1 from generate_series(1, 5) t",
      [id],
    );
  }
}

async function expired(
  dagId: string,
  limits: { readonly ageMicros?: number; readonly maxRuns?: number },
): Promise<number[]> {
  const found = await findExpired(
    pool,
    [{ dagId, ageMicros: limits.ageMicros ?? null, maxRuns: limits.maxRuns ?? null }],
    { most: 100 },
  );
  return found.map(({ runId }) => runId);
}

test("runs go by age, but never the newest, the newest success, and what the next unfinished run looks at", async () => {
  await addRuns("old", [
    { id: 1, daysAgo: 60 },
    { id: 2, daysAgo: 50 },
    { id: 3, daysAgo: 40 },
    { id: 4, daysAgo: 39, state: "failed" },
    { id: 5, daysAgo: 38, state: "failed" },
    { id: 6, daysAgo: 5, state: "failed" },
  ]);
  expect(await expired("old", { ageMicros: 30 * DAY })).toEqual([1, 2, 4, 5]);
  expect(await expired("old", { ageMicros: 45 * DAY })).toEqual([1, 2]);
  expect(await expired("old", {})).toEqual([]);
  await addRuns("busy", [
    { id: 11, daysAgo: 60, type: "scheduled" },
    { id: 12, daysAgo: 60, type: "manual" },
    { id: 13, daysAgo: 0, type: "scheduled", state: "running" },
    { id: 14, daysAgo: 60 },
    { id: 15, daysAgo: 60 },
  ]);
  // 12 is the run before 13, and 11 the scheduled one before it.
  expect(await expired("busy", { ageMicros: 30 * DAY })).toEqual([14]);
  await addRuns("lone", [{ id: 21, daysAgo: 900 }]);
  expect(await expired("lone", { ageMicros: DAY })).toEqual([]);
});

test("runs go by count, the ones made first first, and not within two minutes of their end", async () => {
  await addRuns(
    "counted",
    [31, 32, 33, 34, 35].map((id) => ({ id, daysAgo: 1 })),
  );
  expect(await expired("counted", { maxRuns: 2 })).toEqual([31, 32, 33]);
  expect(await expired("counted", { maxRuns: 5 })).toEqual([]);
  expect(await expired("counted", { maxRuns: 4, ageMicros: 30 * DAY })).toEqual([31]);
  await store.sql("update millrace.dag_run set ended_at = now() where run_id = 32");
  expect(await expired("counted", { maxRuns: 2 })).toEqual([31, 33]);
});

test("what is in use stays: events that nobody has consumed, callbacks under way, runs of an open backfill", async () => {
  await addRuns(
    "other",
    [41, 42, 43, 44, 45, 46].map((id) => ({ id, daysAgo: 90 })),
  );
  await store.sql(
    "insert into millrace.asset_queue (dag_id, event_id, uri, at, source_run_id) values ('busy', 1, 's3://a', now(), 41)",
  );
  await store.sql("insert into millrace.run_asset_event (run_id, event_id, source_run_id) values (13, 2, 42)");
  await store.sql(
    "insert into millrace.outbox (run_id, dag_id, scope, event, reason) values (43, 'other', 'run', 'success', '')",
  );
  const [{ backfill_id }] = await store.sql(
    "insert into millrace.backfill (dag_id, from_date, to_date, reprocess, reverse, max_active_runs, by) values ('other', now(), now(), 'none', false, 1, 'u') returning backfill_id",
  );
  await store.sql("update millrace.dag_run set backfill_id = $1 where run_id = 44", [backfill_id]);
  expect(await expired("other", { ageMicros: 30 * DAY })).toEqual([45]);
  await store.sql("delete from millrace.outbox");
  await store.sql("update millrace.backfill set state = 'ended'");
  expect(await expired("other", { ageMicros: 30 * DAY })).toEqual([43, 44, 45]);
});

test("a removed run is gone at once, and what it left goes afterwards, whatever happens in between", async () => {
  const runs = (await findExpired(pool, [{ dagId: "old", ageMicros: 30 * DAY, maxRuns: null }], { most: 100 })).slice(
    0,
    2,
  );
  expect(await store.retention.removeRuns(runs)).toEqual(new Set([1, 2]));
  expect(await store.engine.loadRun(1)).toBeUndefined();
  expect(await store.retention.removeRuns(runs)).toEqual(new Set());
  expect(await store.retention.runsWithBlobs(10)).toEqual([1, 2]);
  expect(await store.retention.sweepRows(0)).toBe(2);
  expect(await store.sql("select count(*)::integer as n from millrace.task_instance where run_id in (1, 2)")).toEqual([
    { n: 0 },
  ]);
  expect(await store.sql("select run_id, version from millrace.run_change where run_id in (1, 2)")).toHaveLength(2);
  await store.retention.blobsGone([1, 2]);
  await store.sql("update millrace.run_removal set removed_at = now() - interval '2 days'");
  expect(await store.retention.sweepRows(0)).toBe(0);
  expect(await store.sql("select run_id from millrace.run_removal")).toEqual([]);
  expect(await store.sql("select run_id from millrace.run_change where run_id in (1, 2)")).toEqual([]);
  expect(await store.sql("select run_id from millrace.dag_run where run_id in (1, 2, 3)")).toEqual([{ run_id: "3" }]);
});

// R2: both take the same version.
test("of a removal and a clear at the same moment one wins", async () => {
  const clear = aChange(31, { version: 4, run: { state: "running" }, instances: [aSet("task-1")] });
  const [run] = await findExpired(pool, [{ dagId: "counted", ageMicros: null, maxRuns: 2 }], { most: 1 });
  expect((await store.commitRuns(clear)).committed).toEqual(new Set([31]));
  expect(await store.retention.removeRuns([run])).toEqual(new Set());
  const [next] = await findExpired(pool, [{ dagId: "counted", ageMicros: null, maxRuns: 1 }], { most: 1 });
  expect(next.runId).toBe(33);
  expect(await store.retention.removeRuns([next])).toEqual(new Set([33]));
  const late = await store.commitRuns({ ...clear, runId: 33 });
  expect(late.committed).toEqual(new Set());
  expect(await store.engine.loadRun(33)).toBeUndefined();
});

test("a partition without runs is dropped when no id of it can come any more; events from outside stay", async () => {
  await using other = await testStore();
  expect(await other.retention.dropPartitions()).toBe(0);
  await other.sql(
    "insert into millrace.asset_event (run_id, uri, at) values (0, 's3://x', now()), (7, 's3://x', now())",
  );
  for (let i = 0; i < 2; i += 1) await other.sql("select millrace.add_partition()");
  expect(await other.retention.dropPartitions()).toBe(0);
  await other.sql("update millrace.run_partition set created_at = now() - interval '2 days'");
  const first = await other.engine.reserveRunIds(1);
  await other.commitRuns(aCreation(first));
  expect(await other.retention.dropPartitions()).toBe(0);
  await other.sql("delete from millrace.dag_run");
  expect(await other.retention.dropPartitions()).toBe(1);
  expect(await other.sql("select run_id from millrace.asset_event")).toEqual([{ run_id: "0" }]);
  expect(await other.sql("select to_regclass('millrace.task_instance_0') as t")).toEqual([{ t: null }]);
  await other.sql("insert into millrace.asset_event (run_id, uri, at) values (0, 's3://x', now())");
});

test("a version goes when no run and no try uses it and another has replaced it for a day", async () => {
  await using other = await testStore();
  const save = (graphHash: string): Promise<unknown> =>
    other.engine.saveFiles([aFile(`${graphHash}.dag.ts`, ["d"], { graphHash })], {
      complete: true,
      pausedUponCreation: false,
    });
  for (const hash of ["1", "2", "3", "4"]) await save(hash);
  expect(await other.retention.removeVersions()).toBe(0);
  await other.sql("update millrace.dag_version set created_at = now() - interval '3 days'");
  await other.sql("update millrace.bundle set created_at = now() - interval '3 days'");
  const id = await other.engine.reserveRunIds(1);
  await other.commitRuns(aCreation(id, { dagId: "d", dagVersion: 2 }));
  await other.sql(
    "insert into millrace.task_try (run_id, task_id, map_index, state, try_number, max_tries, restarts, dag_version) values ($1, 't', -1, 'failed', 1, 1, 0, 1)",
    [id],
  );
  expect(await other.retention.removeVersions()).toBe(1);
  expect(await other.sql("select version from millrace.dag_version order by 1")).toEqual([
    { version: 1 },
    { version: 2 },
    { version: 4 },
  ]);
  await other.sql("delete from millrace.dag_run");
  await other.sql("delete from millrace.task_try");
  expect(await other.retention.removeVersions()).toBe(2);
  expect(await other.sql("select file from millrace.bundle")).toEqual([{ file: "4.dag.ts" }]);
});

test("asset events from outside go by age, those that wait for a DAG stay", async () => {
  await using other = await testStore();
  await other.sql(
    "insert into millrace.asset_event (event_id, run_id, uri, at) select 100 + i, 0, 's3://x', now() - i * interval '1 day' from generate_series(1, 5) i",
  );
  await other.engine.saveFiles([aFile("d.dag.ts", ["d"])], { complete: true, pausedUponCreation: false });
  await other.sql(
    "insert into millrace.asset_queue (dag_id, event_id, uri, at, source_run_id) values ('d', 105, 's3://x', now(), 0)",
  );
  expect(await other.retention.removeOutsideEvents(2.5 * DAY)).toBe(2);
  const left = await other.sql("select event_id::integer as id from millrace.asset_event order by 1");
  expect(left).toEqual([{ id: 101 }, { id: 102 }, { id: 105 }]);
});

test("audit entries go by age, the oldest first, in steps that are bounded", async () => {
  await using other = await testStore();
  await other.sql(
    "insert into millrace.audit_entry (at, event, by, from_address) select now() - i * interval '1 minute', 'e', 'user:ada', 'here' from generate_series(0, 12999) i",
  );
  const oldest = async (): Promise<unknown> =>
    (
      await other.sql("select round(extract(epoch from now() - min(at)) / 60)::integer as n from millrace.audit_entry")
    )[0].n;
  expect(await other.retention.removeAudit(20_000 * MINUTE)).toEqual({ rows: 0, isMore: false });
  expect(await other.retention.removeAudit(1_999.5 * MINUTE)).toEqual({ rows: 5_000, isMore: true });
  expect(await oldest()).toBe(7_999);
  expect(await other.retention.removeAudit(1_999.5 * MINUTE)).toEqual({ rows: 5_000, isMore: true });
  expect(await other.retention.removeAudit(1_999.5 * MINUTE)).toEqual({ rows: 1_000, isMore: false });
  expect(await oldest()).toBe(1_999);
});

test("the audit is cleaned by hand up to an instant, in one go", async () => {
  await using other = await testStore();
  const cut = 1_700_000_000_000_000;
  await other.sql(
    "insert into millrace.audit_entry (at, event, by, from_address) select millrace.instant($1::bigint + i), 'e', 'user:ada', 'here' from generate_series(-6000, 1) i",
    [cut],
  );
  await using around = await openPool({ url: other.url, max: 2 });
  expect(await countCleanable(around, "audit_entry", cut)).toBe(6_000);
  expect(await removeAuditBefore(around, cut)).toBe(6_000);
  expect(
    await other.sql("select millrace.micros(at) - $1::bigint as at from millrace.audit_entry order by 1", [cut]),
  ).toEqual([{ at: "0" }, { at: "1" }]);
});

test("answers to commands go after an hour, whoever sent the commands", async () => {
  await using other = await testStore();
  await other.sql(
    "insert into millrace.inbox_answer (inbox_id, answer, at) select i, '{}', now() - i * interval '1 minute' from generate_series(1, 5090) i",
  );
  expect(await other.retention.removeAnswers()).toEqual({ rows: 5_000, isMore: true });
  expect(await other.retention.removeAnswers()).toEqual({ rows: 31, isMore: false });
  expect(
    await other.sql("select count(*)::integer as n, max(inbox_id)::integer as oldest from millrace.inbox_answer"),
  ).toEqual([{ n: 59, oldest: 59 }]);
});

test("values of a run that is cleared while it is cleaned stay: its tasks push them anew", async () => {
  const pushed =
    "insert into millrace.xcom (run_id, task_id, map_index, key, json, at) values ($1, 'task-1', -1, 'k', '1', now())";
  await addRuns("lone", [
    { id: 91, daysAgo: 4000 },
    { id: 92, daysAgo: 4000 },
  ]);
  for (const id of [91, 92]) await store.sql(pushed, [id]);
  const before = Number((await store.sql("select millrace.micros(now()) as at"))[0].at) - 3000 * DAY;
  const removed = await removeParts(pool, {
    table: "xcom",
    before,
    beforeEach: async () =>
      void (await store.sql("update millrace.dag_run set state = 'running', ended_at = null where run_id = 92")),
  });
  expect(removed).toBe(1);
  expect(await store.sql("select run_id::integer from millrace.xcom")).toEqual([{ run_id: 92 }]);
});
