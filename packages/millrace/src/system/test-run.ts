import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MillraceError, type FoundFile, type Graph, type Micros, type Queries } from "@millrace/core";
import type { EngineLog } from "@millrace/engine";
import { openStore, startEmbeddedPostgres, type MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { openProjectSecrets } from "./project-secrets.ts";
import { startEngine } from "./start-engine.ts";

const ANSWER_TIMEOUT_MS = 10_000;
/** Nobody who watches a test wants to wait five minutes for a retry. */
const LONGEST_RETRY_DELAY_MICROS = 1_000_000;
const TEST_POOL_SLOTS = 128;

/** A run to make in a database of its own. */
export interface TestRunOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: EngineLog;
  /** All DAG files, the one of `dagId` among them. */
  readonly files: readonly FoundFile[];
  readonly dagId: string;
  readonly logicalDate?: Micros;
  /** JSON text of an object. */
  readonly conf?: string;
}

/** A run that is on its way. */
export interface TestRun {
  readonly runId: number;
  readonly queries: Queries;
  readonly engine: MillraceStore["engine"];
  /** Where its logs are. */
  readonly dataFolder: string;
  /** Stops what still runs, and removes everything. */
  close(): Promise<void>;
}

/**
 * Runs a DAG once, in a temporary database and folder: nothing of it stays, and a Millrace that runs on the project is not touched. Schedules
 * are switched off, retries come after a second, pools have room.
 *
 * @throws MillraceError with the code of the trigger's refusal, BAD_PARAM for example.
 */
export async function startTestRun(options: TestRunOptions): Promise<TestRun> {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0)) await end();
  };
  try {
    return { ...(await start(options, ends)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: TestRunOptions, ends: (() => Promise<unknown>)[]): Promise<Omit<TestRun, "close">> {
  const { dagId, log, env } = options;
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-test-run-"));
  ends.unshift(() => rm(dataFolder, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({ folder: join(dataFolder, "postgres"), durable: false });
  ends.unshift(() => server.stop());
  const store = await openStore({ url: server.url, dataFolder });
  ends.unshift(() => store.close());
  const secrets = openProjectSecrets(options.config, env);
  ends.unshift(() => secrets.close());
  const files = options.files.map((file) => forTest(file, dagId));
  await store.engine.saveFiles(files, { complete: true, pausedUponCreation: false });
  await makePools(store.queries, files);
  const config = { ...options.config, core: { ...options.config.core, dataFolder } };
  await startEngine({ config, env, log, store, secrets, ends });
  const { logicalDate, conf } = options;
  const command = {
    kind: "trigger" as const,
    // A test begins at once, whatever date it is about.
    runAfter: 0,
    ...(logicalDate !== undefined && { logicalDate }),
    ...(conf !== undefined && { conf }),
  };
  const inboxId = await store.engine.send(dagId, command, "test");
  const answer = await store.engine.waitForAnswer(inboxId, ANSWER_TIMEOUT_MS);
  if (!answer.ok) throw new MillraceError(answer.code, answer.message);
  if (answer.runId === undefined) throw new Error("the answer to a trigger names its run");
  return { runId: answer.runId, queries: store.queries, engine: store.engine, dataFolder };
}

/** The same file with DAGs that make no runs by themselves. Its code is untouched. */
function forTest(file: FoundFile, tested: string): FoundFile {
  const quiet = (graph: Graph, dagId: string): Graph => ({
    ...graph,
    dag: { ...graph.dag, pausedUponCreation: false, catchup: false, ...quietSchedule(graph.dag, dagId === tested) },
    tasks: graph.tasks.map((task) => ({
      ...task,
      retryDelayMicros: Math.min(task.retryDelayMicros, LONGEST_RETRY_DELAY_MICROS),
    })),
  });
  return { ...file, dags: file.dags.map((dag) => ({ ...dag, graph: quiet(dag.graph, dag.dagId) })) };
}

/** A schedule in time gives the tested run its data interval, but has ended long ago; any other goes. */
function quietSchedule({ schedule }: Graph["dag"], isTested: boolean): Pick<Graph["dag"], "schedule" | "end"> {
  const isInTime = schedule.kind === "cron" || schedule.kind === "cronTrigger" || schedule.kind === "interval";
  return { schedule: isTested && isInTime ? schedule : { kind: "none" }, end: 0 };
}

async function makePools(queries: Queries, files: readonly FoundFile[]): Promise<void> {
  const known = new Set((await queries.listPools()).map(({ pool }) => pool));
  const wanted = new Set(files.flatMap(({ dags }) => dags.flatMap(({ graph }) => graph.tasks.map(({ pool }) => pool))));
  for (const pool of wanted) {
    if (!known.has(pool))
      await queries.setPool({ pool, slots: TEST_POOL_SLOTS, description: "", includeDeferred: false, order: "fair" });
  }
}
