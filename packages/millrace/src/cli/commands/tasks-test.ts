import { existsSync } from "node:fs";
import { join } from "node:path";
import { decodeValue, MillraceError, parseInstant, type Dispatch, type Micros } from "@millrace/core";
import { createClock, createFolderBlobStore, trialDispatch, type TrialOptions } from "@millrace/engine";
import type { Command } from "commander";
import { openProjectSecrets } from "../../system/project-secrets.ts";
import { rulesOf } from "../../system/rules-of.ts";
import { tryTask, type TaskEnd } from "../../system/try-task.ts";
import { findDagFile, requireTaskOnDisk, type DagOnDisk } from "../find-dag-file.ts";
import { findRun } from "../find-things.ts";
import { hearStop } from "../hear-stop.ts";
import { LiveTask } from "../live/live-task.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { requireProject, withDags, type OpenProject } from "../open-project.ts";
import { labelOf } from "../run-progress.ts";
import { parseConf } from "../parse-conf.ts";
import type { ExitCode } from "../run-action.ts";

interface Options {
  readonly mapIndex?: string;
  readonly conf?: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly subdir?: string;
}

/** `millrace tasks test DAG TASK [date or run]`: one task alone, recording nothing. Its result goes to standard output, as JSON. */
export function makeTasksTest(shell: Shell): Command {
  return makeCommand("test", "run one task alone, here and now, recording nothing; prints its result as JSON")
    .argument("<dag_id>")
    .argument("<task_id>")
    .argument("[run]", "logical date, or the run whose results are its inputs; default now, with the newest run's")
    .option("-i, --input <name=json>", "value of an input; may be given again", readInput, {})
    .option("-m, --map-index <index>", "of a mapped task")
    .option("-c, --conf <json>", "configuration of the run, a JSON object, or @file")
    .option("-S, --subdir <file>", "read the DAG from this file")
    .action(
      action(shell, async (context, [dagId, taskId, named]: [string, string, string | undefined], options: Options) => {
        requireProject(context.config);
        const found = await findDagFile(context, dagId, options.subdir);
        requireTaskOnDisk(found, taskId);
        if (!hasDatabase(context)) return await run(context, { found, taskId, named, options });
        return await withDags(context, [], (project) => run(context, { found, taskId, named, options, project }));
      }),
    );
}

function readInput(text: string, before: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const [, name, json] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined)
    throw new MillraceError("BAD_ARGUMENT", `--input ${text}: write it like --input 'orders=[1, 2]'`);
  try {
    return { ...before, [name]: JSON.parse(json) as unknown };
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `--input ${name} is not JSON: ${(error as Error).message}`, {
      cause: error,
      details: { hint: `Text needs its quotes: --input '${name}="text"'.` },
    });
  }
}

/** A test of a task alone is no reason to create a database. */
function hasDatabase({ config }: CommandContext): boolean {
  return config.database.url !== undefined || existsSync(join(config.core.dataFolder, "postgres"));
}

interface Trial {
  readonly found: DagOnDisk;
  readonly taskId: string;
  readonly named: string | undefined;
  readonly options: Options;
  readonly project?: OpenProject;
}

async function run(context: CommandContext, trial: Trial): Promise<ExitCode> {
  const { terminal, config } = context;
  const from = await findSource(trial);
  const dispatch = await makeDispatch(context, trial, from);
  const secrets = openProjectSecrets(config, terminal.env);
  const stopping = hearStop(terminal);
  const live = new LiveTask({
    terminal,
    label: labelOf(dispatch),
    inputs: from ? [`  Inputs that are not given come from the run ${from.runKey}.`] : [],
    onQuit: stopping.stop,
  });
  let hasFailed = true;
  try {
    const end = await tryTask({
      config,
      env: terminal.env,
      dispatch,
      file: trial.found.file,
      secrets,
      blobs: createFolderBlobStore(join(config.core.dataFolder, "blobs")),
      results: async (key) => {
        if (!from || !trial.project) return [];
        const [values] = await trial.project.engine.readResults([{ runId: from.runId, ...key }]);
        return values;
      },
      ...(trial.project && { store: trial.project.engine }),
      onLine: (line) => live.line(line),
      stopping,
      onWait: (micros) => live.waits(micros),
    });
    hasFailed = end.kind === "failed";
    live.end({ hasFailed });
    return tellEnd(context, dispatch, end);
  } finally {
    live.end({ hasFailed });
    stopping.end();
    await secrets.close();
  }
}

interface Source {
  readonly runId: number;
  readonly runKey: string;
  readonly logicalDate: Micros;
}

/** The run that gives the inputs: the named one, else the newest. */
async function findSource({
  project,
  found,
  named,
}: Trial): Promise<(Source & { readonly isNamed: boolean }) | undefined> {
  if (!project) return undefined;
  const { dagId } = found.dag;
  const exact = named === undefined ? undefined : await findRun(project, dagId, named);
  const run = exact ?? (await project.queries.listRuns({ dagId, limit: 1 })).items.at(0);
  return run && { runId: run.runId, runKey: run.runKey, logicalDate: run.logicalDate, isNamed: exact !== undefined };
}

async function makeDispatch(
  { terminal, config }: CommandContext,
  trial: Trial,
  from: Awaited<ReturnType<typeof findSource>>,
): Promise<Dispatch> {
  const { found, taskId, named, options, project } = trial;
  const now = project ? await project.engine.now() : createClock().now();
  const at = named === undefined ? now : undefined;
  const trialOptions: TrialOptions = {
    dag: found.dag,
    rules: rulesOf(config),
    taskId,
    mapIndex: mapIndexOf(options),
    logicalDate: at ?? (from?.isNamed ? from.logicalDate : parseInstant(named ?? "", "UTC")),
    now,
    inputs: options.input,
    ...(options.conf !== undefined && { conf: parseConf(options.conf, terminal.cwd) }),
    ...(from && project && { from: { runId: from.runId, store: project.engine } }),
  };
  return await trialDispatch(trialOptions);
}

function mapIndexOf({ mapIndex }: Options): number {
  if (mapIndex === undefined) return -1;
  const index = Number(mapIndex);
  if (Number.isInteger(index) && index >= -1) return index;
  throw new MillraceError("BAD_ARGUMENT", `--map-index must be a whole number from 0, not ${mapIndex}`);
}

function tellEnd({ terminal }: CommandContext, { taskId }: Dispatch, end: TaskEnd): ExitCode {
  const paint = terminal.paintTalk;
  switch (end.kind) {
    case "success":
      terminal.say(`${paint.green("✓")} ${taskId} success`);
      if (end.choice)
        terminal.say(
          end.choice.length === 0 ? "  everything below is skipped" : `  goes on with ${end.choice.join(", ")}`,
        );
      if (end.result) terminal.print(JSON.stringify(decodeValue(end.result), undefined, 2) ?? "null");
      return 0;
    case "skipped":
      terminal.say(`${paint.dim("↷")} ${taskId} skipped: ${end.cause.message}`);
      return 0;
    case "failed":
      terminal.say(`${paint.red("✗")} ${taskId} failed: ${end.cause.message}`);
      return 1;
    default:
      throw new Error(`unreachable: ${JSON.stringify(end satisfies never)}`);
  }
}
