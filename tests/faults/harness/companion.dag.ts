import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
import { note } from "./tell.ts";

/** Shares the worker with what is about to die in it: who dies alone is guilty of it. Waits for the file `go-<run>`. */
export const companion = dag("companion", { maxActiveRuns: 100 }, ({ task }) => {
  task("wait", async (_, ctx) => {
    note(ctx, "start");
    while (!existsSync(join(import.meta.dirname, "..", `go-${ctx.runId}`)))
      await sleep(20, undefined, { signal: ctx.signal });
  });
});
