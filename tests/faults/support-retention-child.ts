// One round of retention after the other, in a process of its own that a test may kill.
import { join } from "node:path";
import { KEEP_ALL } from "@millrace/core";
import { createFolderBlobStore, Retention, type EngineLog } from "@millrace/engine";
import { openStore } from "@millrace/store";

const [url, dataFolder, holder] = process.argv.slice(2);
const quiet = (): void => undefined;
const loud = (fields: object, event: string): void => console.error(event, fields);
const log: EngineLog = { debug: quiet, info: quiet, warn: loud, error: loud };
const store = await openStore({ url });
const retention = new Retention({
  store: store.retention,
  blobs: createFolderBlobStore(join(dataFolder, "blobs")),
  dataFolder,
  policy: { ...KEEP_ALL, maxRuns: 100 },
  webhookDeliveriesMicros: null,
  auditMicros: null,
  archive: true,
  log,
  schedulerId: () => Number(holder),
});
await retention.round();
await store.close();
