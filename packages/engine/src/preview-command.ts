import {
  compileGraph,
  MillraceError,
  preview,
  type Command,
  type EngineStore,
  type Preview,
  type SystemRules,
} from "@millrace/core";
import { runFromRows } from "./scheduler/owned-dags.ts";

/** What {@link previewCommand} reads from. */
export interface PreviewOptions {
  readonly store: Pick<EngineStore, "now" | "loadDags" | "loadGraph" | "loadRun" | "findRunId">;
  readonly rules: SystemRules;
}

/**
 * Says what a command would do if it were sent now, and does nothing.
 *
 * @throws MillraceError with the code of the refusal that the command would get.
 */
export async function previewCommand(
  dagId: string,
  command: Command,
  { store, rules }: PreviewOptions,
): Promise<Preview> {
  const [[dag], now] = await Promise.all([store.loadDags([dagId]), store.now()]);
  if (!dag) throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`, { details: { dagId } });
  const { graph } = await store.loadGraph(dagId, dag.version);
  const newest = { compiled: compileGraph(graph, rules), dagVersion: dag.version };
  if (command.kind === "trigger" || command.kind === "pause") return preview(command, { now, newest });
  const runId = await store.findRunId(dagId, command.runKey);
  const rows = runId === undefined ? undefined : await store.loadRun(runId);
  if (!rows) throw new MillraceError("NOT_FOUND", `the DAG ${dagId} has no run ${command.runKey}`);
  const { dagVersion } = rows.run;
  const compiled =
    dagVersion === dag.version
      ? newest.compiled
      : compileGraph((await store.loadGraph(dagId, dagVersion)).graph, rules);
  return preview(command, { now, newest, run: runFromRows(rows.run, rows.instances, compiled) });
}
