// Entry of a worker process. R10: it ends as soon as its IPC channel closes, whatever its tries are doing, and what they have started with it.
import { flushCompileCache } from "node:module";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { createOutbox } from "./outbox.ts";
import { Worker } from "./worker.ts";

const COMPILED_AFTER_MS = 2_000;
/** Messages taken in one turn: the reports of the first tries of a large batch are on their way while the others are started. */
const PER_TURN = 64;
const exit = process.exit.bind(process);
const outbox = createOutbox<FromWorker>((messages) => process.send?.(messages));
const inbox: ToWorker[] = [];
let worker: Worker | undefined;

process.on("disconnect", () => {
  worker?.flushLogs();
  worker?.endChildren();
  const traces = worker?.flushTraces();
  if (traces === undefined) exit(0);
  else void traces.finally(() => exit(0));
});
process.on("message", (messages) => {
  const isIdle = inbox.length === 0;
  inbox.push(...(messages as readonly ToWorker[]));
  if (isIdle) takeSome();
});

function takeSome(): void {
  for (const message of inbox.splice(0, PER_TURN)) {
    if (message.k === "setup") worker = new Worker(message.setup, outbox.push);
    else worker?.take(message);
  }
  if (inbox.length > 0) setImmediate(takeSome);
}

// The next worker starts from what this one has compiled, also when this one is killed.
setTimeout(flushCompileCache, COMPILED_AFTER_MS).unref();
