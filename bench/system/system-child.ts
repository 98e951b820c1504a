// A whole Millrace as `millrace start` makes it, driven over IPC: `system-child.ts <project folder>`. It also notes when commits returned.
import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createEngineLog } from "../../packages/millrace/src/system/engine-log.ts";
import { runSystem, type RunningSystem } from "../../packages/millrace/src/system/run-system.ts";
import { loadConfig } from "../../packages/millrace/src/config.ts";
import { RunWatch } from "./run-watch.ts";
import {
  ENGINE_FAILED,
  type Ask,
  type MemoryUse,
  type Reply,
  type Request,
  type RunTiming,
  type RunTimings,
} from "./protocol.ts";

const BY = "user:bench";

const [, , folder = "."] = process.argv;
const engineLog = createEngineLog("warn");
const SILENT = { debug: () => undefined, info: () => undefined };
const startedMs = performance.now();
const watch = new RunWatch();
const savedDags = new Map<string, () => void>();
let triggers = 0;
let profiler: Session | undefined;

const system = await runSystem({
  config: loadConfig({ folder, env: process.env }),
  env: process.env,
  log: {
    ...SILENT,
    warn: engineLog.warn.bind(engineLog),
    // It would go on, but what it does then is not what is to be measured.
    error: (fields, event) =>
      reply({ id: ENGINE_FAILED, error: `the engine failed: ${event} ${JSON.stringify(fields)}` }),
  },
  onCommit: (runs) => watch.note(runs),
  onFiles: (_, saved) => {
    for (const { dagId } of saved) savedDags.get(dagId)?.();
  },
});

async function carryOut(ask: Ask): Promise<unknown> {
  switch (ask.k) {
    case "run":
      return await runMany(system, ask);
    case "result":
      return await readResult(system, ask);
    case "pool":
      await system.queries.setPool({
        pool: "default_pool",
        slots: ask.slots,
        description: "",
        includeDeferred: false,
        order: "fair",
      });
      return null;
    case "edit":
      return await edit(ask);
    case "memory":
      return memoryUse();
    case "profile":
      return await startProfile();
    case "save-profile":
      return await saveProfile(ask.file);
    case "stop":
      await system.stop({ deadlineMs: 5_000 });
      return null;
    default:
      throw new Error(`unreachable: ${JSON.stringify(ask satisfies never)}`);
  }
}

/** A trigger on its way. */
interface Sent extends Pick<RunTiming, "sentMs" | "sentNs"> {
  readonly runKey: string;
}

async function runMany({ store }: RunningSystem, ask: Extract<Ask, { k: "run" }>): Promise<RunTimings> {
  const trigger = async (): Promise<Sent> => {
    triggers += 1;
    const runKey = `bench-${process.pid}-${triggers}`;
    watch.expect(runKey);
    const sent = { runKey, sentMs: performance.now(), sentNs: process.hrtime.bigint().toString() };
    await store.engine.send(
      ask.dagId,
      { kind: "trigger", runKey, ...(ask.conf !== undefined && { conf: ask.conf }) },
      BY,
    );
    return sent;
  };
  const triggered: Sent[] = [];
  const startMs = performance.now();
  if (ask.pace === "together") triggered.push(...(await Promise.all(Array.from({ length: ask.runs }, trigger))));
  else
    for (let index = 0; index < ask.runs; index += 1) {
      const one = await trigger();
      await watch.ended(one.runKey);
      triggered.push(one);
    }
  const runs = await Promise.all(
    triggered.map(async ({ runKey, ...sent }) => ({ ...(await watch.ended(runKey)), ...sent })),
  );
  for (const { runKey } of triggered) watch.forget(runKey);
  return { runs, elapsedMs: Math.max(...runs.map(({ endedMs }) => endedMs)) - startMs };
}

async function readResult({ queries }: RunningSystem, ask: Extract<Ask, { k: "result" }>): Promise<string> {
  const value = await queries.findXCom({ runId: ask.runId, taskId: ask.taskId, mapIndex: -1 });
  if (!value) throw new Error(`task ${ask.taskId} of run ${ask.runId} has no result`);
  return value.json;
}

/** Milliseconds from before the file is written until its DAG's new version is in the database and the scheduler has been told. */
async function edit({ file, text, dagId }: Extract<Ask, { k: "edit" }>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  savedDags.set(dagId, resolve);
  const beganMs = performance.now();
  await writeFile(file, text);
  await promise;
  savedDags.delete(dagId);
  return performance.now() - beganMs;
}

function memoryUse(): MemoryUse {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}

async function startProfile(): Promise<null> {
  profiler = new Session();
  profiler.connect();
  await profiler.post("Profiler.enable");
  await profiler.post("Profiler.start");
  return null;
}

async function saveProfile(file: string): Promise<null> {
  const stopped = await profiler?.post("Profiler.stop");
  await writeFile(file, JSON.stringify(stopped?.profile));
  return null;
}

function reply(message: Reply): void {
  process.send?.(message);
}

process.on("message", (message) => {
  const { id, ask } = message as Request;
  void carryOut(ask).then(
    (value) => reply({ id, value }),
    (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// The bench has gone.
process.on("disconnect", () => void system.stop({ deadlineMs: 0 }).finally(() => process.exit(0)));
reply({ id: 0, value: performance.now() - startedMs });
