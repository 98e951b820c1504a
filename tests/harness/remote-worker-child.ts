// A remote worker as a process of its own: ids of dispatches come as lines on standard input.
import { createInterface } from "node:readline";
import { createRemoteWorker } from "@millrace/engine";

const [serverUrl = "", dataFolder = "", workerId = ""] = process.argv.slice(2);
const worker = await createRemoteWorker({
  serverUrl,
  dataFolder,
  workerId,
  workers: 1,
  spares: 0,
  graceMs: 500,
  environment: process.env,
});
const lines = createInterface({ input: process.stdin });
lines.on("line", (dispatchId) => void worker.run(dispatchId));
lines.on("close", () => void worker.stop(1_000));
process.stdout.write("ready\n");
