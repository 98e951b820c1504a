import {
  MillraceError,
  parseInstant,
  type Command as Wish,
  type DagDetail,
  type InstanceSelector,
  type RunSummary,
} from "@millrace/core";
import { Option, type Command } from "commander";
import { askFirst } from "../ask-first.ts";
import { allPages, getDag, getRun } from "../find-things.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { didYouMean } from "../../near-names.ts";
import { withDags, type OpenProject, type SeenPreview } from "../open-project.ts";
import { readRegex } from "../read-regex.ts";
import { labelOf } from "../run-progress.ts";
import type { ExitCode } from "../run-action.ts";

/** Instances that are named one by one before the question. */
const SHOWN = 40;

interface Options {
  readonly taskRegex?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly upstream?: true;
  readonly downstream?: true;
  readonly onlyFailed?: true;
  readonly onlyRunning?: true;
  readonly run?: string;
  readonly version: "same" | "newest";
  readonly yes?: true;
  readonly dryRun?: true;
}

type Clear = Extract<Wish, { kind: "clear" }>;

/** `millrace tasks clear DAG`: lets task instances run again, after showing which. */
export function makeTasksClear(shell: Shell): Command {
  return makeCommand("clear", "let task instances run again, after showing which")
    .argument("<dag_id>")
    .option("-t, --task-regex <regex>", "tasks whose id it matches; default all")
    .option("-s, --start-date <instant>", "in runs with a logical date from here")
    .option("-e, --end-date <instant>", "in runs with a logical date up to here")
    .option("--run <run>", "in this run: run id, logical date, or latest")
    .option("-u, --upstream", "also what is above the tasks")
    .option("-d, --downstream", "also what is below the tasks")
    .option("-f, --only-failed", "only instances that failed")
    .option("-r, --only-running", "only instances that run")
    .addOption(
      new Option("--version <version>", "DAG version that the runs go on with")
        .choices(["newest", "same"])
        .default("newest"),
    )
    .option("-y, --yes", "do not ask")
    .option("-n, --dry-run", "only show")
    .action(
      action(shell, async (context, [dagId]: [string], options: Options) =>
        withDags(context, [dagId], async (project) => {
          const dag = await getDag(project, dagId);
          const select = selectOf(dag, options);
          const plans: { readonly wish: Clear; readonly seen: SeenPreview; readonly run: RunSummary }[] = [];
          for (const run of await chooseRuns(project, dagId, options)) {
            const wish: Clear = { kind: "clear", runKey: run.runKey, select, version: options.version };
            const seen = await project.preview(dagId, wish);
            if (seen.total > 0) plans.push({ wish, seen, run });
          }
          return await carryOut(context, { project, dagId, options, plans });
        }),
      ),
    );
}

function selectOf(dag: DagDetail, options: Options): InstanceSelector {
  const known = dag.graph.tasks.map((task) => task.taskId);
  const regex = options.taskRegex === undefined ? undefined : readRegex("--task-regex", options.taskRegex);
  const taskIds = regex && known.filter((taskId) => regex.test(taskId));
  if (taskIds?.length === 0) {
    const hint = [didYouMean(options.taskRegex ?? "", known), `\`millrace tasks list ${dag.dagId}\` shows all.`]
      .filter((part) => part !== undefined)
      .join(" ");
    throw new MillraceError("NOT_FOUND", `no task of ${dag.dagId} matches ${options.taskRegex}`, { details: { hint } });
  }
  return {
    ...(taskIds && { taskIds }),
    ...(options.upstream && { upstream: true }),
    ...(options.downstream && { downstream: true }),
    ...(options.onlyFailed && { onlyFailed: true }),
    ...(options.onlyRunning && { onlyRunning: true }),
  };
}

async function chooseRuns(project: OpenProject, dagId: string, options: Options): Promise<readonly RunSummary[]> {
  if (options.run !== undefined) return [await getRun(project, dagId, options.run)];
  const from = options.startDate === undefined ? -Infinity : parseInstant(options.startDate, "UTC");
  const to = options.endDate === undefined ? Infinity : parseInstant(options.endDate, "UTC");
  const runs: RunSummary[] = [];
  for await (const run of allPages((request) => project.queries.listRuns({ ...request, dagId }))) {
    if (run.logicalDate >= from && run.logicalDate <= to) runs.push(run);
  }
  return runs.reverse();
}

interface Plans {
  readonly project: OpenProject;
  readonly dagId: string;
  readonly options: Options;
  readonly plans: readonly { readonly wish: Clear; readonly seen: SeenPreview; readonly run: RunSummary }[];
}

async function carryOut({ terminal }: CommandContext, { project, dagId, options, plans }: Plans): Promise<ExitCode> {
  const total = plans.reduce((sum, { seen }) => sum + seen.total, 0);
  if (total === 0) {
    terminal.say("Nothing to clear: no task instance fits.");
    return 0;
  }
  const summary = `${total} task ${total === 1 ? "instance" : "instances"} in ${plans.length} ${plans.length === 1 ? "run" : "runs"} of ${dagId}`;
  let shown = 0;
  for (const { seen, run } of plans) {
    const version = seen.version === undefined ? "" : `, moves to version ${seen.version}`;
    if (shown < SHOWN) terminal.print(`${run.runKey} (${run.state}${version})`);
    for (const instance of seen.instances.slice(0, Math.max(0, SHOWN - shown)))
      terminal.print(`  ${labelOf(instance)}: ${instance.from ?? "new"} → ${instance.to}`);
    shown += seen.total;
  }
  if (shown > SHOWN) terminal.print(`… ${summary} in all`);
  if (options.dryRun) {
    terminal.say(`${summary} would be cleared.`);
    return 0;
  }
  const asked = { yes: options.yes === true, question: `Clear ${summary}?`, otherwise: "Nothing was cleared" };
  const refused = await askFirst(terminal, asked);
  if (refused) return refused;
  for (const { wish } of plans) await project.send(dagId, wish);
  terminal.say(`${summary} cleared.${project.isLive ? "" : " They run with the next `millrace start`."}`);
  return 0;
}
