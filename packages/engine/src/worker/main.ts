// Entry of a worker process. R10: it ends as soon as its IPC channel closes, whatever its tries are doing.
import type { FromWorker, ToWorker } from "./protocol.ts";
import { createOutbox } from "./outbox.ts";
import { Worker } from "./worker.ts";

const exit = process.exit.bind(process);
const outbox = createOutbox<FromWorker>((messages) => process.send?.(messages as FromWorker[]));
let worker: Worker | undefined;

process.on("disconnect", () => {
  worker?.flushLogs();
  exit(0);
});
process.on("message", (messages) => {
  for (const message of messages as readonly ToWorker[]) {
    if (message.k === "setup") worker = new Worker(message.setup, outbox.push);
    else worker?.take(message);
  }
});
