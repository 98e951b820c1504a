import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dag, Secret, type Connection, type Context, type Log, type Operator } from "millrace";
import { testOperator, testTask, type TaskResult } from "millrace/testing";
import {
  openSpark,
  sparkApplications,
  sparkStreamingCheck,
  sparkSubmit,
  waitForSparkApplication,
  type SparkSubmitOptions,
} from "@millrace/provider-spark";
import { provider } from "@millrace/provider-spark/provider";
import { freePorts } from "../../servers/free-ports.ts";
import { startSpark, type SparkCluster } from "../../servers/spark.ts";

// Each application starts three processes of Java and two of Python, which a busy machine takes its time for: facts are waited for, not seconds.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const PATIENT = { timeout: 120_000 };

/** Drivers, executors and the launcher start without the second compiler, and talk to 127.0.0.1 only. */
const JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
const SMALL = {
  "spark.ui.enabled": false,
  "spark.driver.extraJavaOptions": JAVA,
  "spark.executor.extraJavaOptions": JAVA,
  "spark.driver.host": "127.0.0.1",
  "spark.driver.bindAddress": "127.0.0.1",
  "spark.sql.shuffle.partitions": 1,
};

/** Some jar. */
const TAGS = "jars/spark-tags_2.12-3.5.7.jar";

const JOB = `
import json, os, sys, time
from pyspark.sql import SparkSession
from pyspark.sql.streaming import StreamingQueryListener

what, path = sys.argv[1], sys.argv[2]
spark = SparkSession.builder.getOrCreate()

class ProgressFile(StreamingQueryListener):
    def write(self, **event):
        with open(path, "a") as file:
            file.write(json.dumps(event) + "\\n")
    def onQueryStarted(self, e):
        self.write(event="started", id=str(e.id), runId=str(e.runId), name=e.name, timestamp=e.timestamp)
    def onQueryProgress(self, e):
        self.write(event="progress", progress=json.loads(e.progress.json))
    def onQueryIdle(self, e):
        self.write(event="idle", id=str(e.id), runId=str(e.runId), timestamp=e.timestamp)
    def onQueryTerminated(self, e):
        self.write(event="terminated", id=str(e.id), runId=str(e.runId), exception=e.exception)

if what == "count":
    rows = spark.sparkContext.parallelize(range(100), 2).count()
    kafka = spark.read.format("kafka").option("kafka.bootstrap.servers", "127.0.0.1:1").option("subscribe", "orders").load()
    word, try_id = os.environ.get("WORD"), os.environ.get("MILLRACE_TRY_ID")
    print(json.dumps({"rows": rows, "kafka": kafka.columns, "tryId": try_id, "word": word}))
elif what == "analysis":
    spark.sql("select * from nowhere").show()
elif what == "stay":
    spark.range(1).count()
    open(path, "w").close()
    time.sleep(600)
elif what == "stream":
    spark.streams.addListener(ProgressFile())
    rate = spark.readStream.format("rate").option("rowsPerSecond", 20).load()
    query = rate.writeStream.format("noop").queryName("bronze").trigger(processingTime="250 milliseconds").start()
    query.awaitTermination()
spark.stop()
`;

let spark: SparkCluster;
let folder: string;
let job: string;

beforeAll(async () => {
  spark = await startSpark();
  folder = await mkdtemp(join(tmpdir(), "millrace-spark-jobs-"));
  job = join(folder, "job.py");
  await writeFile(job, JOB);
});
afterAll(async () => {
  await spark?.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = (): Connection => ({
  id: "spark_test",
  type: "spark",
  host: "127.0.0.1",
  port: Number(new URL(spark.masterUrl).port),
  extra: { ui: spark.masterUi, rest: spark.restUrl, "spark-home": spark.home },
});
const optionsOf = (args: readonly string[], more: Partial<SparkSubmitOptions> = {}): SparkSubmitOptions => ({
  connection: at(),
  application: job,
  args,
  cwd: folder,
  driverMemory: "512m",
  executorMemory: "512m",
  totalExecutorCores: 1,
  progressEvery: "0s",
  pollEvery: "200ms",
  ...more,
  env: { ...spark.env, SPARK_LAUNCHER_OPTS: JAVA, ...more.env },
  conf: { ...SMALL, ...more.conf },
});
const submit = (args: readonly string[], more?: Partial<SparkSubmitOptions>): Operator<unknown> =>
  sparkSubmit(optionsOf(args, more));

/** One try of a task that would be tried again. */
async function retried(call: Operator<unknown>): Promise<TaskResult> {
  const alone = dag("test_dag", ({ task }) => void task("test_task", { retries: 1 }, call));
  return await testTask(alone, "test_task");
}

/** What a body gets, as far as the operators of Spark read it, and what it logs. */
function aContext(signal = AbortSignal.timeout(280_000)): { readonly ctx: Context; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const say = (message: string): void => void lines.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say, from: () => log };
  const now = (): string => new Date().toISOString();
  const told = { dagId: "d", runId: "r", taskId: "t", mapIndex: -1, tryNumber: 1, tryId: "1/t/-1/1" };
  const xcom = { push: () => undefined };
  return { ctx: { ...told, logicalDate: now(), log, signal, fetch, now, xcom } as unknown as Context, lines };
}

/** A driver at work. It is ended with its block, so that a test that fails leaves nothing to its second attempt. */
interface Running extends AsyncDisposable {
  readonly lines: readonly string[];
  /** What it came to, or the error. */
  readonly end: Promise<unknown>;
  readonly stop: (why: string) => Promise<unknown>;
  /** As soon as it is said. */
  readonly applicationId: () => string | undefined;
}

function start(options: SparkSubmitOptions): Running {
  const stopping = new AbortController();
  const { ctx, lines } = aContext(stopping.signal);
  const end = Promise.resolve(sparkSubmit.spec.run(options, ctx)).catch((error: unknown) => error);
  const stop = async (why: string): Promise<unknown> => {
    stopping.abort(new Error(why));
    return await end;
  };
  return {
    lines,
    end,
    stop,
    applicationId: () => lines.join("\n").match(/the application is (app-\S+)/)?.[1],
    [Symbol.asyncDispose]: async () => void (await stop("the test is over")),
  };
}

/** A path that no other attempt has had. */
const newPath = (name: string): string => join(folder, `${name}-${randomUUID()}`);

/** How the master lists an application that has ended. */
async function endedAs(applicationId: string | undefined): Promise<string | undefined> {
  await using client = await openSpark({ connection: at() }, { ctx: aContext().ctx });
  const { completed } = await client.cluster();
  return completed.find(({ id }) => id === applicationId)?.state;
}

/** Processes that were started with an argument. */
function processesOf(argument: string): readonly string[] {
  const all = execFileSync("ps", ["-wweo", "pid,args"], { encoding: "utf8", maxBuffer: 16 * 1_048_576 }).split("\n");
  return all.filter((line) => line.includes(argument) && !line.includes("ps -wweo"));
}

test("an application in client mode runs on the master's worker, tells its progress and returns its last line", async () => {
  const env = { WORD: new Secret("a long word") };
  const done = await testOperator(submit(["count", "-"], { name: "counted", result: "json", env }));
  expect(done.reason).toBeUndefined();
  expect(done).toMatchObject({ state: "success", result: { state: "FINISHED", output: { rows: 100 } } });
  const { applicationId, output } = done.result as { applicationId: string; output: Record<string, string> };
  expect(applicationId).toMatch(/^app-\d+-\d+$/);
  expect(output["kafka"]).toEqual(["key", "value", "topic", "partition", "offset", "timestamp", "timestampType"]);
  expect(output["word"]).toBe("a long word");
  expect(output["tryId"]).toMatch(/test_task/);
  const messages = done.logs.map(({ message }) => message);
  expect(messages).toContain(`the application is ${applicationId}`);
  expect(messages).toContain("stage 0: 2 of 2 tasks");
  expect(messages.some((line) => /^job 0 finished after [\d.]+ s$/.test(line))).toBe(true);

  const seen = await testOperator(sparkApplications({ connection: at(), minWorkers: 1 }));
  expect(seen).toMatchObject({
    state: "success",
    result: { status: "ALIVE", workers: [{ state: "ALIVE", cores: 2 }] },
  });
  const { ctx } = aContext();
  const found = await waitForSparkApplication.spec.run({ connection: at(), applicationId }, ctx);
  expect(found).toEqual({ id: applicationId, state: "FINISHED" });
  expect(await waitForSparkApplication.spec.run({ connection: at(), name: "never" }, ctx)).toBe(false);
});

test("a missing application, class, program or table is permanent", async () => {
  const local = { master: "local[1]" };
  const results = await Promise.all([
    retried(submit([], { ...local, application: join(folder, "none.py") })),
    retried(submit([], { ...local, application: join(spark.home, TAGS), mainClass: "org.example.None" })),
    retried(submit([], { sparkBinary: "no-such-submit", sparkHome: "/nowhere" })),
    retried(submit(["analysis", "-"], local)),
  ]);
  expect(results.map(({ state }) => state)).toEqual(["failed", "failed", "failed", "failed"]);
  expect(results[0]?.reason).toMatch(/none\.py/);
  expect(results[1]?.reason).toMatch(/org\.example\.None/);
  expect(results[2]?.reason).toMatch(/no-such-submit cannot be started/);
  expect(results[3]?.reason).toMatch(/AnalysisException: \[TABLE_OR_VIEW_NOT_FOUND\].*nowhere/);
});

test("at its timeout an application is ended: its driver, its executors, and for the master", async () => {
  const file = newPath("stay");
  let isUp = false;
  // The time counts from the start of spark-submit: one that ends before the executor works shows too little, and a busy machine gets more.
  for (const timeout of ["20s", "60s", "180s"] as const) {
    await using run = start(optionsOf(["stay", file], { timeout }));
    const over = run.end.then(() => true);
    while (!existsSync(file) && !(await Promise.race([over, pause(100)])));
    isUp = existsSync(file);
    const applicationId = run.applicationId() ?? "";
    const before = isUp ? processesOf(applicationId) : [];
    expect(await run.end).toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining(`longer than its timeout of ${timeout}`) as string,
    });
    expect(processesOf(file)).toEqual([]);
    if (!isUp) continue;
    expect(before.length).toBeGreaterThan(0);
    expect(run.lines).toContain(`the master was told to end ${applicationId}`);
    await expect.poll(async () => await endedAs(applicationId), PATIENT).toMatch(/^(KILLED|FINISHED)$/);
    await expect.poll(() => processesOf(applicationId), PATIENT).toEqual([]);
    break;
  }
  expect(isUp).toBe(true);
});

test("a stream is checked, outlives a lost worker, and gives way to another of its name only where that is wanted", async () => {
  const [ui = 0] = await freePorts(1);
  const [progressFile, file] = [newPath("bronze"), newPath("stay")];
  const name = `stream ${randomUUID()}`;
  const conf = { "spark.ui.enabled": true, "spark.ui.port": ui, "spark.sql.streaming.metricsEnabled": true };
  await using stream = start(optionsOf(["stream", progressFile], { name, conf }));
  const batchOf = async (source: { driver: string } | { progressFile: string }): Promise<number> => {
    const [query] = await sparkStreamingCheck.spec.run(
      { ...source, queries: ["bronze"], maxAge: "1m" },
      aContext().ctx,
    );
    return query?.batchId ?? 0;
  };
  const driver = `http://127.0.0.1:${ui}`;
  await expect.poll(async () => await batchOf({ progressFile }).catch(() => 0), PATIENT).toBeGreaterThan(1);
  const [byDriver] = await sparkStreamingCheck.spec.run({ driver }, aContext().ctx);
  expect(byDriver).toMatchObject({ name: "bronze", isActive: true });
  expect(byDriver?.processedRowsPerSecond).toBeGreaterThan(0);
  await expect(
    Promise.resolve(sparkStreamingCheck.spec.run({ driver, queries: ["silver"] }, aContext().ctx)),
  ).rejects.toThrow(/silver is not there/);
  expect(stream.lines.some((line) => /^query bronze: batch \d+, \d+ rows/.test(line))).toBe(true);

  expect(await retried(sparkApplications({ connection: at(), mustRun: [name, "gold"] }))).toMatchObject({
    state: "up_for_retry",
    reason: expect.stringMatching(/gold do not run/) as string,
  });
  const again = await testOperator(submit(["stream", progressFile], { name, ifActive: "fail" }));
  expect(again.reason).toMatch(/runs already/);

  await spark.kill9Worker();
  await spark.startWorker();
  const before = await batchOf({ progressFile });
  await expect.poll(async () => await batchOf({ progressFile }).catch(() => 0), PATIENT).toBeGreaterThan(before + 2);

  await using next = start(optionsOf(["stay", file], { name, ifActive: "kill" }));
  expect(await stream.end).toMatchObject({ code: "TASK_FAILED" });
  expect(await endedAs(stream.applicationId())).toBe("KILLED");
  expect(processesOf(progressFile)).toEqual([]);
  expect(next.lines).toContain(`${stream.applicationId()} runs already at ${spark.masterUrl} and is ended`);
  expect(await next.stop("stopped by a person")).toMatchObject({ message: "stopped by a person" });
  expect(processesOf(file)).toEqual([]);
});

test("in cluster mode the master runs the driver, and ends it when its time is over", async () => {
  // The class that spark-submit itself runs Python by: the jars of PyPI's Spark have no example.
  const inCluster: Partial<SparkSubmitOptions> = {
    deployMode: "cluster",
    application: join(spark.home, TAGS),
    mainClass: "org.apache.spark.deploy.PythonRunner",
  };
  const done = await testOperator(submit([job, "", "count", "-"], { ...inCluster, name: "in_cluster" }));
  expect(done.reason).toBeUndefined();
  expect(done).toMatchObject({ state: "success", result: { state: "FINISHED" } });
  expect(done.xcoms["submissionId"]).toMatch(/^driver-/);

  const file = newPath("bronze");
  await using run = start(optionsOf([job, "", "stream", file], inCluster));
  await expect.poll(() => existsSync(file), PATIENT).toBe(true);
  expect(processesOf(file)).not.toEqual([]);
  expect(await run.stop("too late")).toMatchObject({ message: "too late" });
  await using client = await openSpark({ connection: at() }, { ctx: aContext().ctx });
  await expect.poll(async () => (await client.cluster()).activeDrivers, PATIENT).toEqual([]);
  await expect.poll(() => processesOf(file), PATIENT).toEqual([]);
});

test("the trial tells of the master, and where none is everything says so at once and may be tried again", async () => {
  const [type] = provider.connectionTypes ?? [];
  const tools = { signal: AbortSignal.timeout(60_000), fetch, admit: async () => undefined };
  expect(await type?.trial(at(), tools)).toMatch(/the master spark:\S+ is ALIVE and has \d workers/);
  const [port = 0, ui = 0, rest = 0] = await freePorts(3);
  const extra = { ui: `http://127.0.0.1:${ui}`, rest: `http://127.0.0.1:${rest}`, "spark-home": spark.home };
  const connection = { ...at(), port, extra };
  await expect(type?.trial(connection, tools)).rejects.toThrow();
  const inCluster = {
    deployMode: "cluster",
    application: join(spark.home, TAGS),
    mainClass: "org.example.Any",
  } as const;
  const calls = [
    submit(["count", "-"], { connection }),
    submit(["count", "-"], { connection, ...inCluster }),
    sparkApplications({ connection }),
  ];
  for (const result of await Promise.all(calls.map(retried)))
    expect(result).toMatchObject({ state: "up_for_retry", code: "UNREACHABLE" });
});
