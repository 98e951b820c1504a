import { MillraceError, type DagSummary } from "@millrace/core";
import type { Command } from "commander";
import { askFirst } from "../ask-first.ts";
import { allPages, getDag } from "../find-things.ts";
import {
  action,
  addRowsOptions,
  makeCommand,
  type CommandContext,
  type RowsOptions,
  type Shell,
} from "../make-command.ts";
import { withDags, withProject, type OpenProject } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import { readRegex } from "../read-regex.ts";
import type { ExitCode } from "../run-action.ts";

interface Options extends RowsOptions {
  readonly treatDagIdAsRegex?: true;
  readonly yes?: true;
}

/** `millrace dags pause` and `unpause`. */
export function makeDagsPause(shell: Shell, paused: boolean): Command {
  const description = paused ? "stop making runs by schedule; tries that run go on" : "make runs by schedule again";
  return addRowsOptions(makeCommand(paused ? "pause" : "unpause", description))
    .argument("<dag_id...>", "DAGs")
    .option("--treat-dag-id-as-regex", "all DAGs whose id one of the texts matches, after showing which")
    .option("-y, --yes", "do not ask")
    .action(
      action(shell, async (context, [texts]: [readonly string[]], options: Options) => {
        if (options.treatDagIdAsRegex)
          return await withProject(context, async (project) =>
            setPaused(context, { project, dags: await matching(project, texts), paused, options }),
          );
        return await withDags(context, texts, async (project) => {
          const dags = await Promise.all(texts.map((dagId) => getDag(project, dagId)));
          return await setPaused(context, { project, dags, paused, options });
        });
      }),
    );
}

async function matching({ queries }: OpenProject, texts: readonly string[]): Promise<readonly DagSummary[]> {
  const fits = texts.map((text) => readRegex("--treat-dag-id-as-regex", text));
  const found: DagSummary[] = [];
  for await (const dag of allPages((page) => queries.listDags(page)))
    if (fits.some((regex) => regex.test(dag.dagId))) found.push(dag);
  if (found.length > 0) return found;
  throw new MillraceError("NOT_FOUND", `no DAG matches ${texts.join(" or ")}`, {
    details: { hint: "`millrace dags list` shows all." },
  });
}

interface Pausing {
  readonly project: OpenProject;
  readonly dags: readonly DagSummary[];
  readonly paused: boolean;
  readonly options: Options;
}

async function setPaused({ terminal }: CommandContext, { project, dags, paused, options }: Pausing): Promise<ExitCode> {
  if (options.treatDagIdAsRegex) {
    const names = dags.map(({ dagId }) => dagId).join(", ");
    const refused = await askFirst(terminal, {
      yes: options.yes === true,
      question: `${paused ? "Pause" : "Unpause"} ${names}?`,
      otherwise: `Nothing was changed (${names})`,
    });
    if (refused) return refused;
  }
  for (const { dagId, paused: before } of dags) {
    await project.send(dagId, { kind: "pause", paused });
    terminal.say(`${dagId} is${before === paused ? " already" : ""} ${paused ? "paused" : "not paused"}`);
  }
  const rows = dags.map(({ dagId }) => ({ dag_id: dagId, is_paused: paused }));
  printRows(terminal, rows, { ...options, empty: "" });
  return 0;
}
