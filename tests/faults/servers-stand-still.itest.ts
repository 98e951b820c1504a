// What takes its time because time is the matter: they wait side by side.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClock } from "@millrace/engine";
import { openPool, openStore, startEmbeddedPostgres, type DatabasePool } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine } from "../harness/engine-harness.ts";
import { keepLog } from "./support-log.ts";
import { makeNotes, repeated } from "./support-notes.ts";
import {
  countedTwice,
  countEnded,
  earlierTries,
  readFinalRuns,
  triesWithoutCause,
  writersOfRuns,
} from "./support-rows.ts";
import { startScheduler } from "./support-scheduler-process.ts";

const OUTAGE_MS = 60_000;
const STOPPED_MS = 30_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-still-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const newFolder = (): Promise<string> => mkdtemp(join(folder, "f-"));

/** Tasks that go on until a file is there; behind each hangs more. */
const WAITING = `
import { appendFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
const file = process.env.MILLRACE_TASK_NOTES;
const note = (line) => appendFileSync(file, line + "\\n");
const until = async (name, signal) => { while (!existsSync(join(dirname(file), name))) await sleep(20, undefined, { signal }); };
const made = (id) => dag(id, ({ task, map }) => {
  const early = task("early", (_, { runId }) => { note(id + " early " + runId); return 1; });
  const during = task("during", { input: { early } }, async ({ early }, { signal, runId }) => { note(id + " during " + runId); await until("during", signal); return early + 1; });
  const many = map("many", { each: { n: task("list", () => [1, 2, 3]) } }, async ({ n }, { signal, runId }) => { note(id + " many" + n + " " + runId); await until("during", signal); return n; });
  const fails = task("fails", { retries: 1, retryDelay: "1s" }, async (_, { signal, tryNumber, runId }) => {
    note(id + " fails" + tryNumber + " " + runId);
    if (tryNumber === 1) { await until("during", signal); throw new Error("the first try fails"); }
    return tryNumber;
  });
  const after = task("after", { after: [early] }, async (_, { signal, runId }) => { note(id + " after " + runId); await until("after", signal); return 3; });
  task("all", { input: { during, many, fails, after } }, ({ during, many, after }, { runId }) => { note(id + " all " + runId); return during + after + many.reduce((a, b) => a + b, 0); });
});
`;
const waitingDags = (count: number): string =>
  `${WAITING}\n${Array.from({ length: count }, (_, i) => `export const w${i} = made("w${i}");`).join("\n")}`;

test.concurrent(
  "a database that is away for 60 s in the middle of runs: all goes on, and what ended meanwhile counts once",
  async () => {
    const dataFolder = await newFolder();
    const notes = await makeNotes(dataFolder);
    const log = keepLog();
    let server = await startEmbeddedPostgres({ folder: join(dataFolder, "postgres") });
    try {
      const { url } = server;
      await using engine = await startEngine({ url, dataFolder, log, executor: { environment: notes.environment } });
      await engine.deploy(waitingDags(4));
      const runs = await Promise.all(["w0", "w1", "w2", "w3"].map((dagId) => engine.trigger(dagId)));
      await until(async () => (await notes.read()).length === 4 * 7);
      await server.stop();
      const stoppedAt = performance.now();
      // In the middle of the outage tasks end, fail, and want to go on.
      await sleep(OUTAGE_MS / 2);
      await writeFile(join(dataFolder, "during"), "");
      await sleep(OUTAGE_MS - (performance.now() - stoppedAt));
      server = await startEmbeddedPostgres({ folder: join(dataFolder, "postgres") });
      await writeFile(join(dataFolder, "after"), "");
      expect(await Promise.all(runs.map(({ runId }) => engine.ended(runId)))).toEqual(Array(4).fill("success"));
      await using pool = await openPool({ url, max: 2 });
      const finals = await readFinalRuns(pool);
      expect(finals.map(({ instances }) => instances["all"])).toEqual(Array(4).fill(["success", "11"]));
      expect(await countedTwice(pool)).toEqual([]);
      expect(await triesWithoutCause(pool)).toEqual([]);
      // Each try ran once: no result of the outage was thrown away, and the only tries that ended early are those that failed by themselves.
      expect(repeated(await notes.read())).toEqual([]);
      expect(await earlierTries(pool)).toEqual(Array(4).fill("fails TASK_FAILED"));
      const said = log.lines.filter((line) => /(?:waits? for the database|database does not answer)/.test(line));
      expect(said.length).toBeGreaterThan(5);
      // Said each second or so, not in a loop.
      expect(said.length).toBeLessThan(400);
      expect(
        log.lines.filter((line) => line.startsWith("error") && !line.includes("database does not answer")),
      ).toEqual([]);
      // The same runs on a database that stays.
      const again = await Promise.all(["w0", "w1", "w2", "w3"].map((dagId) => engine.trigger(dagId)));
      await Promise.all(again.map(({ runId }) => engine.ended(runId)));
      const all = await readFinalRuns(pool);
      expect(all.filter((_, at) => at % 2 === 0)).toEqual(all.filter((_, at) => at % 2 === 1));
    } finally {
      await server.stop();
    }
  },
  150_000,
);

test.concurrent(
  "a scheduler stopped for 30 s: another one takes over, and the first, when it wakes up, does no harm",
  async () => {
    await using database = await testDatabase();
    const dataFolder = await newFolder();
    const notes = await makeNotes(dataFolder);
    const store = await openStore({ url: database.url });
    await using pool = await openPool({ url: database.url, max: 2 });
    try {
      const dags = Array.from({ length: 6 }, (_, i) => `w${i}`);
      await store.engine.saveFiles([compileDags(waitingDags(6))], { complete: true, pausedUponCreation: false });
      const common = { url: database.url, environment: notes.environment };
      await using first = await startScheduler({ ...common, host: "first", dataFolder: await newFolder() });
      await using _second = await startScheduler({ ...common, host: "second", dataFolder: await newFolder() });
      await until(async () => (await owners(pool)).join() === "first 3,second 3");
      for (const dagId of dags) await store.engine.send(dagId, { kind: "trigger", runKey: "r" }, "user:test");
      await until(async () => (await notes.read()).length === 6 * 7);
      const before = await idOf(pool, "first");
      first.signal("SIGSTOP");
      const stoppedAt = performance.now();
      await until(async () => (await owners(pool)).join() === "second 6");
      // The tries of the first go on without it, and those that took their place too.
      await writeFile(join(dataFolder, "during"), "");
      await writeFile(join(dataFolder, "after"), "");
      await until(async () => (await countEnded(pool)) === 6);
      await sleep(STOPPED_MS - (performance.now() - stoppedAt));
      const rows = await readFinalRuns(pool);
      first.signal("SIGCONT");
      await until(() => Promise.resolve(first.log().some((line) => line.startsWith("warn deposed"))));
      await until(async () => (await idOf(pool, "first")) > before);
      // It has come back as a new one, and works.
      for (const dagId of dags) await store.engine.send(dagId, { kind: "trigger", runKey: "again" }, "user:test");
      await until(async () => (await countEnded(pool)) === 12);
      const all = await readFinalRuns(pool);
      // What was decided while it stood still is as it was; a run that nobody disturbed ended the same way.
      expect(all.filter((_, at) => at % 2 === 0)).toEqual(rows);
      expect(all.filter((_, at) => at % 2 === 1)).toEqual(rows);
      expect(rows.map(({ instances }) => instances["all"])).toEqual(Array(6).fill(["success", "11"]));
      expect(await countedTwice(pool)).toEqual([]);
      expect(await triesWithoutCause(pool)).toEqual([]);
      // Owner epochs: once another one has written a run, the first one's old id never writes it again.
      for (const by of (await writersOfRuns(pool)).values()) expect(by.indexOf(before)).toBeLessThanOrEqual(0);
      const lost = (await earlierTries(pool)).filter((line) => !line.startsWith("fails TASK_FAILED"));
      expect(new Set(lost.map((line) => line.split(" ")[1]))).toEqual(new Set(["SCHEDULER_ENDED"]));
      expect(lost).toHaveLength(3 * 6);
    } finally {
      await store.close();
    }
  },
  120_000,
);

test.concurrent(
  "two schedulers that stood still together judge nobody",
  async () => {
    await using database = await testDatabase();
    const dataFolder = await newFolder();
    const notes = await makeNotes(dataFolder);
    await using pool = await openPool({ url: database.url, max: 2 });
    const common = { url: database.url, environment: notes.environment };
    await using first = await startScheduler({ ...common, host: "first", dataFolder: await newFolder() });
    await using second = await startScheduler({ ...common, host: "second", dataFolder: await newFolder() });
    // Long enough alive to judge others, then as long away as makes a scheduler look dead.
    await sleep(16_000);
    for (const each of [first, second]) each.signal("SIGSTOP");
    const stoppedAt = await latestHeartbeat(pool);
    await sleep(17_000);
    first.signal("SIGCONT");
    await until(async () => (await latestHeartbeat(pool)) > stoppedAt + 17_000_000);
    second.signal("SIGCONT");
    await sleep(5_000);
    const { rows } = await pool.query("select from millrace.scheduler where ended_at is not null");
    expect(rows).toEqual([]);
    expect(first.log().filter((line) => line.includes("dead schedulers ended"))).toEqual([]);
  },
  90_000,
);

test.concurrent(
  "clocks five minutes off in both directions: nobody is judged dead, and no run is made before its time",
  async () => {
    await using database = await testDatabase();
    await using pool = await openPool({ url: database.url, max: 2 });
    const { rows } = await pool.query<{ now: number }>("select now() as now");
    const startedAt = rows[0].now;
    const offset = createClock().offsetMicros();
    const log = keepLog();
    const skewed = (minutes: number): Promise<Awaited<ReturnType<typeof startEngine>>> =>
      startEngine({
        url: database.url,
        host: `${minutes} min`,
        clock: createClock(offset + minutes * 60_000_000),
        log,
      });
    // DAGs are there before the schedulers: what they do first, they do by the clock that they were given.
    const store = await openStore({ url: database.url });
    const dags = Array.from(
      { length: 4 },
      (_, i) =>
        `export const s${i} = dag("s${i}", { schedule: every("5s"), catchup: true, start: "${new Date(startedAt / 1_000).toISOString()}", maxActiveRuns: 100 }, ({ task }) => { task("t", () => 1); });`,
    );
    const source = `import { dag, every } from "millrace";\n${dags.join("\n")}`;
    await store.engine.saveFiles([compileDags(source)], { complete: true, pausedUponCreation: false });
    await store.close();
    await using fast = await skewed(5);
    await using slow = await skewed(-5);
    // Beyond the 15 s after which a scheduler looks dead.
    await until(async () => (await madeRuns(pool)).length >= 4 * 6);
    expect((await madeRuns(pool)).filter(({ early }) => early > 0)).toEqual([]);
    // Soon after it was due, too: 2 s is what a slow machine may take.
    expect((await madeRuns(pool)).filter(({ early }) => early < -8_000_000)).toEqual([]);
    expect([...fast.scheduler.ownedDagIds, ...slow.scheduler.ownedDagIds].sort()).toEqual(["s0", "s1", "s2", "s3"]);
    expect((await pool.query("select from millrace.scheduler where ended_at is not null")).rowCount).toBe(0);
    expect(log.lines.filter((line) => /deposed|dead schedulers/.test(line))).toEqual([]);
  },
  90_000,
);

/** Runs of schedules, and how many microseconds before their time the database committed them. */
async function madeRuns(pool: DatabasePool): Promise<readonly { readonly runKey: string; readonly early: number }[]> {
  const { rows } = await pool.query<{ run_key: string; early: string }>(
    `select r.run_key, (extract(epoch from r.run_after - c.at) * 1000000)::bigint::text as early
     from millrace.dag_run r join millrace.run_change c on c.run_id = r.run_id and c.version = 1`,
  );
  return rows.map((row) => ({ runKey: row.run_key, early: Number(row.early) }));
}

async function owners(pool: DatabasePool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ text: string }>(
    "select s.host || ' ' || count(*) as text from millrace.dag d join millrace.scheduler s on s.scheduler_id = d.owner group by s.host order by 1",
  );
  return rows.map(({ text }) => text);
}

async function idOf(pool: DatabasePool, host: string): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    "select max(scheduler_id)::int as id from millrace.scheduler where host = $1",
    [host],
  );
  return rows[0].id;
}

async function latestHeartbeat(pool: DatabasePool): Promise<number> {
  const { rows } = await pool.query<{ at: number }>("select max(heartbeat_at) as at from millrace.scheduler");
  return rows[0].at;
}

/** Concurrent tests cannot share `expect.poll`'s context: the same, by hand. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const begun = performance.now(); !(await isTrue()); await sleep(50))
    if (performance.now() - begun > 60_000) throw new Error(`60 s have passed and it is not so: ${isTrue.toString()}`);
}
