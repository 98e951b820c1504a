import { MillraceError, type Command as Wish, type DagDetail } from "@millrace/core";
import { followRun, sayRunEnd } from "./follow-run.ts";
import { getDag } from "./find-things.ts";
import { createLiveWatch } from "./live-watch.ts";
import type { CommandContext } from "./make-command.ts";
import { withDags, type OpenProject } from "./open-project.ts";
import { runTreeLines } from "./print-run-tree.ts";
import { printRows, type PrintOptions } from "./output/print-rows.ts";
import { runRow } from "./output/run-row.ts";
import type { ExitCode } from "./run-action.ts";

/** A run that somebody wants now. */
export interface Triggering {
  readonly dagId: string;
  readonly wish: Extract<Wish, { readonly kind: "trigger" }>;
  /** Wait until it has ended. */
  readonly waits: boolean;
  readonly print: PrintOptions;
}

/**
 * Makes a run and prints it; when it is waited for, shows how it goes.
 *
 * @returns 1 when it was waited for and failed.
 * @throws MillraceError NOT_RUNNING when it is to be waited for and nobody would run it; the code of a refusal
 */
export async function triggerRun(
  context: CommandContext,
  { dagId, wish, waits, print }: Triggering,
): Promise<ExitCode> {
  const { terminal } = context;
  return await withDags(context, [dagId], async (project) => {
    const dag = await getDag(project, dagId);
    if (waits && !project.isLive) throw nobodyRuns(dagId);
    const { runId } = await project.send(dagId, wish);
    const run = runId === undefined ? undefined : await project.queries.findRunById(runId);
    if (!run) throw new Error(`the run ${runId} was made and cannot be found`);
    sayWhyItWaits(context, dag, project);
    if (!waits) {
      printRows(terminal, [runRow(run)], { ...print, empty: "" });
      return 0;
    }
    const onWait = createLiveWatch(terminal, project);
    const { graph } = await project.engine.loadGraph(dagId, run.dagVersion);
    const ended = await followRun({ terminal, ...project, graph, onWait }, run.runId);
    if (!ended) throw new Error("nothing ends following but the end of the run");
    if (terminal.screen)
      for (const line of await runTreeLines(project.queries, { runId: run.runId, graph }, terminal.paintTalk))
        terminal.say(line);
    sayRunEnd(terminal, ended);
    printRows(terminal, [runRow(ended)], { ...print, empty: "" });
    return ended.state === "success" ? 0 : 1;
  });
}

function sayWhyItWaits({ terminal }: CommandContext, { dagId, paused }: DagDetail, { isLive }: OpenProject): void {
  if (paused) terminal.say(`${dagId} is paused: the run waits until \`${terminal.program} dags unpause ${dagId}\`.`);
  else if (!isLive)
    terminal.say(`No Millrace runs on this database: the run waits until \`${terminal.program} start\`.`);
}

function nobodyRuns(dagId: string): MillraceError {
  return new MillraceError("NOT_RUNNING", `no Millrace runs on this database, so nobody would run ${dagId}`, {
    details: {
      dagId,
      hint: `Start one with \`millrace start\`, or run the DAG right here with \`millrace dags test ${dagId}\`.`,
    },
  });
}
