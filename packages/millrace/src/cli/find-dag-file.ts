import { resolve } from "node:path";
import { MillraceError, type FoundDag, type FoundFile } from "@millrace/core";
import { readDags } from "@millrace/engine";
import { importErrorLines, shortPath } from "./banner.ts";
import type { CommandContext } from "./make-command.ts";
import { didYouMean } from "../near-names.ts";
import { schedulesSourceOf } from "../system/schedules-source.ts";

/** A DAG as its file declares it now, and all files that were read for it. */
export interface DagOnDisk {
  readonly dag: FoundDag;
  readonly file: FoundFile;
  readonly files: readonly FoundFile[];
}

/**
 * Reads DAG files as they are on disk and finds a DAG among them. No database is needed.
 *
 * @param subdir read only this file, which may lie anywhere.
 * @throws MillraceError NOT_FOUND with near names, BUNDLE_BROKEN when its file is the only one and cannot be loaded
 */
export async function findDagFile(
  { config, terminal }: CommandContext,
  dagId: string,
  subdir?: string,
): Promise<DagOnDisk> {
  const schedules = schedulesSourceOf(config);
  const { files, leftOut } = await readDags({
    ...(schedules && { schedules }),
    folders: config.core.dagFolders,
    dataFolder: config.core.dataFolder,
    environment: terminal.env,
    environmentNames: config.executor.environment,
    dagIds: [dagId],
    onScan: (done, total) => terminal.status(`reading DAG files: ${done} of ${total} …`),
    ...(subdir !== undefined && { files: [resolve(terminal.cwd, subdir)] }),
  });
  terminal.status("");
  for (const file of leftOut)
    terminal.say(
      terminal.paintTalk.yellow(`${shortPath(config.projectFolder, file)} takes long to load and is left out`),
    );
  for (const file of files) {
    const dag = file.dags.find((each) => each.dagId === dagId);
    if (dag) return { dag, file, files };
  }
  const errors = files.flatMap((file) => file.errors);
  for (const error of errors)
    for (const line of importErrorLines(error, config.projectFolder, terminal.paintTalk)) terminal.say(line);
  const known = files.flatMap(({ dags }) => dags.map((dag) => dag.dagId));
  const where = subdir ?? config.core.dagFolders.join(", ");
  const hint =
    didYouMean(dagId, known) ??
    (known.length === 0 ? undefined : `There are ${known.slice(0, 10).join(", ")}${known.length > 10 ? ", …" : ""}.`);
  const code = known.length === 0 && errors.length > 0 ? "BUNDLE_BROKEN" : "NOT_FOUND";
  throw new MillraceError(code, `there is no DAG "${dagId}" in ${where}`, {
    details: { dagId, ...(hint !== undefined && { hint }) },
  });
}

/** Checks that a DAG has that task. @throws MillraceError NOT_FOUND with near names */
export function requireTaskOnDisk({ dag }: DagOnDisk, taskId: string): void {
  const known = dag.graph.tasks.map((task) => task.taskId);
  if (known.includes(taskId)) return;
  const hint =
    didYouMean(taskId, known) ?? `There are ${known.slice(0, 10).join(", ")}${known.length > 10 ? ", …" : ""}.`;
  throw new MillraceError("NOT_FOUND", `the DAG ${dag.dagId} has no task "${taskId}"`, {
    details: { dagId: dag.dagId, taskId, hint },
  });
}
