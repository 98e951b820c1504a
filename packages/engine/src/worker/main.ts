// Entry of a worker process. R10: it ends as soon as its IPC channel closes, whatever its tries are doing, and what they have started with it.
import { flushCompileCache } from "node:module";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { createOutbox } from "./outbox.ts";
import { Worker } from "./worker.ts";

const COMPILED_AFTER_MS = 2_000;
const exit = process.exit.bind(process);
const outbox = createOutbox<FromWorker>((messages) => process.send?.(messages));
let worker: Worker | undefined;

process.on("disconnect", () => {
  worker?.flushLogs();
  worker?.endChildren();
  exit(0);
});
process.on("message", (messages) => {
  for (const message of messages as readonly ToWorker[]) {
    if (message.k === "setup") worker = new Worker(message.setup, outbox.push);
    else worker?.take(message);
  }
});
// The next worker starts from what this one has compiled, also when this one is killed.
setTimeout(flushCompileCache, COMPILED_AFTER_MS).unref();
