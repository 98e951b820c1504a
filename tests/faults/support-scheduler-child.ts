// A scheduler with workers, in a process of its own that a test may stop with a signal. Says its log line by line on standard output.
import {
  createLocalExecutor,
  createClock,
  createWorkerCalls,
  processStartedAt,
  Scheduler,
  type EngineLog,
} from "@millrace/engine";
import { openStore } from "@millrace/store";

const [url, host, dataFolder] = process.argv.slice(2);
const say = (level: string) => (fields: object, event: string) =>
  void process.stdout.write(`${level} ${event} ${JSON.stringify(fields)}\n`);
const log: EngineLog = { debug: () => undefined, info: say("info"), warn: say("warn"), error: say("error") };
const store = await openStore({ url, dataFolder });
const clock = createClock();
const box: { scheduler?: Scheduler } = {};
const executor = await createLocalExecutor({
  dataFolder,
  host,
  calls: createWorkerCalls({ store: store.engine, runOf: (dispatchId) => box.scheduler?.runOf(dispatchId) }),
  report: (reports) => box.scheduler?.report(reports),
  clock,
  environment: process.env,
  workers: 1,
  graceMs: 500,
});
const scheduler = new Scheduler({
  store: store.engine,
  executor,
  clock,
  log,
  host,
  pid: process.pid,
  pidStartedAt: (await processStartedAt(process.pid)) ?? "",
});
box.scheduler = scheduler;
await scheduler.start();
log.info({}, "ready");
process.on("SIGTERM", () => {
  void (async () => {
    await executor.drain(500);
    await scheduler.stop();
    await executor.close();
    await store.close();
    process.exit(0);
  })();
});
