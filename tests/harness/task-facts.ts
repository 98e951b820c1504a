import type { LogLine } from "@millrace/engine";
import { readLog } from "@millrace/engine";
import { decodeValue } from "@millrace/core";
import type { EngineHarness } from "./engine-harness.ts";

/** The result of a task that is not mapped. */
export async function resultOf(engine: EngineHarness, runId: number, taskId: string): Promise<unknown> {
  const [[value]] = await engine.store.engine.readResults([{ runId, taskId, mapIndex: -1 }]);
  return value === undefined ? undefined : decodeValue(value);
}

/** The log lines of the present try of a task that is not mapped. */
export async function linesOf(engine: EngineHarness, runId: number, taskId: string): Promise<readonly LogLine[]> {
  const refs = await engine.store.queries.readLogRefs({ runId, taskId, mapIndex: -1 });
  const parts = await Promise.all(refs.map((log) => readLog({ dataFolder: engine.dataFolder, log })));
  return parts.flat();
}

/** Why the latest try of a task that is not mapped ended as it did. */
export async function causeOf(engine: EngineHarness, runId: number, taskId: string): Promise<string | undefined> {
  const tries = await engine.store.queries.listTries({ runId, taskId, mapIndex: -1 });
  return tries.at(-1)?.cause?.message;
}
