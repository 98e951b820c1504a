import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlacedEvent } from "@millrace/core";
import { aChange, aCreation, aFile, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
  await store.engine.saveFiles([aFile("a.dag.ts", ["a-dag"])], { complete: true, pausedUponCreation: false });
});
afterAll(() => store.close());

async function readAll(place: string, limit = 100): Promise<{ events: readonly PlacedEvent[]; place: string }> {
  const events: PlacedEvent[] = [];
  for (let at = place; ;) {
    const page = await store.changes.read(at, limit);
    if (!page) throw new Error(`no place: ${at}`);
    events.push(...page.events);
    at = page.place;
    // Transactions of other databases of the server hold the end of the feed back, too.
    if (page.events.length < limit && !page.isMoreComing) return { events, place: at };
  }
}

/** The end of the feed, with all that was committed before it. */
async function settledEnd(): Promise<string> {
  return (await readAll(await store.changes.end())).place;
}

const keysOf = (events: readonly PlacedEvent[]): readonly string[] =>
  events.map(({ event }) => (event.kind === "run" ? `${event.runKey}@${event.version}` : event.kind));

test("changes of runs come in order, page by page, from any place, with what changed", async () => {
  const start = await settledEnd();
  await store.commitRuns(aCreation(1), aCreation(2));
  await store.commitRuns(aChange(1, { run: { dueAt: null } }));
  const { events, place } = await readAll(start, 2);
  expect(keysOf(events)).toEqual(["run-1@1", "run-2@1", "run-1@2"]);
  expect(events[0].event).toMatchObject({
    dagId: "a-dag",
    runId: 1,
    changes: expect.stringContaining("run-1") as string,
  });
  for (const [index, { place: after }] of events.entries())
    expect(keysOf((await readAll(after)).events)).toEqual(keysOf(events.slice(index + 1)));
  expect((await readAll(place)).events).toEqual([]);
});

test("a commit that was behind is not told, the others of its batch are", async () => {
  await store.commitRuns(aCreation(10), aCreation(11));
  const start = await settledEnd();
  await store.commitRuns(aChange(10, { version: 1 }), aChange(11));
  expect(keysOf((await readAll(start)).events)).toEqual(["run-11@2"]);
});

test("nothing is told that comes after an open transaction, and nothing is missed when that one commits later", async () => {
  const start = await settledEnd();
  const slow = new pg.Client({ connectionString: store.url });
  await slow.connect();
  await slow.query("begin; update millrace.dag set paused = true where dag_id = 'a-dag'");
  await store.commitRuns(aCreation(20));
  const meanwhile = await store.changes.read(start, 100);
  expect(meanwhile).toMatchObject({ events: [], isMoreComing: true });
  await slow.query("commit");
  await slow.end();
  expect(keysOf((await readAll(meanwhile?.place ?? "")).events)).toEqual(["dag", "run-20@1"]);
});

test("DAGs, import errors, assets, backfills and deleted runs are told of", async () => {
  const start = await settledEnd();
  await store.sql("update millrace.dag set paused = not paused");
  await store.sql("update millrace.dag set seen_at = now()");
  await store.sql("insert into millrace.import_error (file, message) values ('b.dag.ts', 'broken')");
  await store.sql("delete from millrace.import_error where file = 'nothing'");
  await store.queries.updateAsset("s3://x", null);
  await store.commitRuns(aCreation(30, {}, { run: { state: "success" } }));
  await store.sql("delete from millrace.dag_run where run_id = 30");
  const { events } = await readAll(start);
  // The deleted run's own changes are not shown any more.
  expect(events.map(({ event }) => event)).toMatchObject([
    { kind: "dag", dagId: "a-dag", active: true, version: 1 },
    { kind: "importErrors" },
    { kind: "asset", uri: "s3://x" },
    { kind: "runsDeleted", dagId: "a-dag", runs: [{ runId: 30, runKey: "run-30" }] },
  ]);
});

test("places of another database, of the future and of what is pruned are none; an hour is kept", async () => {
  const start = await settledEnd();
  const [epoch] = start.split(".");
  for (const place of [
    "",
    "x",
    `00000000.${start.slice(9)}`,
    `${epoch}.99999999999.0.0`,
    `${epoch}.99999999999999999999.0.0`,
  ])
    expect(await store.changes.read(place, 1)).toBeUndefined();
  await store.commitRuns(aCreation(40));
  await store.commitRuns(aCreation(41));
  await store.sql("update millrace.change_feed set at = now() - interval '61 minutes' where run_ids = '{40}'");
  await store.sql(
    "update millrace.change_feed set at = now() - interval '62 minutes' where run_ids is null or run_ids <> '{41}' and run_ids <> '{40}'",
  );
  await store.retention.sweepRows(0);
  expect(await store.changes.read(start, 1)).toBeUndefined();
  expect(await store.sql("select run_ids::text from millrace.change_feed")).toEqual([{ run_ids: "{41}" }]);
  // While a transaction of another database holds the end back, it lies before what was pruned.
  await expect
    .poll(async () => await store.changes.read(await store.changes.end(), 1))
    .toMatchObject({ events: [], isMoreComing: false });
});

test("whoever follows is woken by a commit", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isListening = false;
  const stop = await store.changes.listen(() => isListening && resolve());
  isListening = true;
  await store.commitRuns(aCreation(50));
  await promise;
  expect(await store.sql("select 1 as one from millrace.change_reader")).toHaveLength(1);
  await stop();
  expect(await store.sql("select 1 as one from millrace.change_reader")).toEqual([]);
});
