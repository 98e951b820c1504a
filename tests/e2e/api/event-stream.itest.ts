import type { AddressInfo } from "node:net";
import { createClient, type MillraceClient, type ReceivedEvent } from "@millrace/api";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { dag } from "millrace";
export const flow = dag("flow", ({ task }) => { task("one", async () => 1); });
`;

let server: ServerHarness;
let client: MillraceClient;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  client = createClient({ url: urlOf(server) });
});
afterAll(() => server[Symbol.asyncDispose]());

function urlOf({ app }: ServerHarness): string {
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

type RunEvent = Extract<ReceivedEvent["event"], { type: "run" }>;

/** Commits changes of runs as schedulers do, in transactions of its own that take their time; some are rolled back. */
async function writeChanges(options: { readonly firstRun: number; readonly rounds: number }): Promise<string[]> {
  const writer = new pg.Client({ connectionString: server.engine.url });
  await writer.connect();
  const committed: string[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const runId = options.firstRun + round;
    const isKept = Math.random() < 0.8;
    await writer.query("begin");
    await writer.query(
      `insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at)
       values ($1::bigint, 'flow', 'w' || $1::bigint, 'manual', 'success', 1, millrace.instant($1::bigint * 1000000), now(), now(), now(), 'u', now())`,
      [runId],
    );
    await writer.query(
      `insert into millrace.run_change (run_id, version, at, by, changes, counts) select $1::bigint, v, now(), 1, '{"run":{"state":"success"},"ti":[["one",-1,"success",1]]}', '' from generate_series(1, 3) v`,
      [runId],
    );
    // The row of the feed comes first in some transactions, last in others: neither order is that of the commits.
    await writer.query("select pg_sleep($1)", [Math.random() * 0.03]);
    await writer.query("select millrace.feed_runs_1(array[$1::bigint, $1::bigint, $1::bigint], '{1,2,3}', null)", [
      runId,
    ]);
    await writer.query("select pg_sleep($1)", [Math.random() * 0.03]);
    await writer.query(isKept ? "commit" : "rollback");
    if (isKept) committed.push(...[1, 2, 3].map((version) => `${runId}@${version}`));
  }
  await writer.end();
  return committed;
}

/** Reads events of runs from `firstRun` on until all are there that were committed; goes away at random, comes back with its last id. */
async function readRestlessly(firstRun: number, committed: Promise<readonly string[]>): Promise<string[]> {
  const seen: string[] = [];
  let expected: number | undefined;
  void committed.then((all) => (expected = all.length));
  let after = await server.ports.changes.end();
  while (expected === undefined || seen.length < expected) {
    const gone = new AbortController();
    let left = 1 + Math.floor(Math.random() * 40);
    const patience = setTimeout(() => gone.abort(), 300);
    for await (const { id, event } of client.events({ after, signal: gone.signal })) {
      after = id;
      if (event.type === "run" && event.runId >= firstRun) seen.push(`${event.runId}@${event.version}`);
      if (event.type === "reset") throw new Error("the stream was reset");
      if (--left === 0) break;
    }
    gone.abort();
    clearTimeout(patience);
  }
  return seen;
}

test("readers that go away at random miss nothing and hear nothing twice, while transactions commit out of order", async () => {
  const firstRun = 90_000;
  const start = Promise.withResolvers<readonly string[]>();
  const readers = Array.from({ length: 4 }, () => readRestlessly(firstRun, start.promise));
  const writers = await Promise.all(
    Array.from({ length: 6 }, (_, index) => writeChanges({ firstRun: firstRun + index * 100, rounds: 40 })),
  );
  const committed = writers.flat();
  start.resolve(committed);
  for (const seen of await Promise.all(readers)) {
    expect(seen.toSorted()).toEqual(committed.toSorted());
    // The changes of each run come in order.
    for (const run of Map.groupBy(seen, (key) => key.split("@")[0]).values()) expect(run).toEqual(run.toSorted());
  }
}, 60_000);

test("a run is told from its beginning to its end", async () => {
  const gone = new AbortController();
  const after = await server.ports.changes.end();
  const { runId } = await server.engine.trigger("flow");
  const seen: RunEvent[] = [];
  for await (const { event } of client.events({ dagId: "flow", runId, after, signal: gone.signal })) {
    seen.push(event as RunEvent);
    if ((event as RunEvent).state === "success") break;
  }
  gone.abort();
  expect(seen.map(({ version }) => version)).toEqual(seen.map((_, index) => index + 1));
  expect(seen.at(-1)).toMatchObject({
    type: "run",
    dagId: "flow",
    runKey: expect.any(String) as string,
    state: "success",
  });
  expect(seen.at(-1)?.endedAt).toMatch(/^20\d\d-\d\d-\d\dT/);
  expect(seen.flatMap((event) => event.tasks).at(-1)).toMatchObject({ taskId: "one", state: "success" });
});

test("when the server stops, streams are told to come back and end", async () => {
  await using other = await startServer();
  await other.app.listen({ host: "127.0.0.1", port: 0 });
  const response = await fetch(`${urlOf(other)}/api/millrace/v1/events`);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  const closing = other.app.close();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read())
    text += Buffer.from(part.value).toString();
  expect(text).toContain('event: reconnect\nretry: 2000\ndata: {"reason":"shutdown"}');
  await closing;
});

test("a place that is not kept is answered with a reset, and the stream goes on from now", async () => {
  const gone = new AbortController();
  const events = client.events({ after: "00000000.1.1.1", signal: gone.signal });
  expect((await events.next()).value?.event).toEqual({ type: "reset" });
  const next = events.next();
  await server.engine.trigger("flow");
  expect((await next).value?.event).toMatchObject({ type: "run", version: 1 });
  gone.abort();
});
