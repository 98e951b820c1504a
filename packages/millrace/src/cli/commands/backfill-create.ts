import {
  checkBackfill,
  chooseTasks,
  compileGraph,
  formatInstant,
  MillraceError,
  parseInstant,
  type BackfillWish,
  type DagDetail,
  type Reprocess,
} from "@millrace/core";
import { previewBackfill, type PreviewedDate } from "@millrace/engine";
import { Option, type Command } from "commander";
import { rulesOf } from "../../system/rules-of.ts";
import { getDag } from "../find-things.ts";
import { followBackfill, sayCounts } from "../follow-backfill.ts";
import { createLiveWatch } from "../live-watch.ts";
import {
  action,
  addRowsOptions,
  makeCommand,
  type CommandContext,
  type RowsOptions,
  type Shell,
} from "../make-command.ts";
import { withDags, type OpenProject } from "../open-project.ts";
import { backfillRow } from "../output/backfill-row.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { parseConf } from "../parse-conf.ts";
import type { ExitCode } from "../run-action.ts";

/** Dates that a preview prints; the rest is counted. */
const MOST_SHOWN = 200;

interface Options extends RowsOptions {
  readonly fromDate: string;
  readonly toDate: string;
  readonly reprocessBehavior: Reprocess;
  readonly runBackwards?: true;
  readonly maxActiveRuns?: string;
  readonly dagRunConf?: string;
  readonly taskRegex?: string;
  readonly ignoreDependencies?: true;
  readonly dryRun?: true;
  readonly wait?: true;
}

/** `millrace backfill create DAG --from-date … --to-date …`: runs for a stretch of a DAG's schedule, made by the scheduler. */
export function makeBackfillCreate(shell: Shell): Command {
  const command = addRowsOptions(makeCommand("create", "fill a range of a DAG's logical dates with runs"))
    .argument("[dag_id]")
    .addOption(new Option("--dag-id <id>", "the same as the argument").hideHelp())
    .requiredOption("-s, --from-date <instant>", "first logical date; without an offset in UTC")
    .requiredOption("-e, --to-date <instant>", "last logical date, which belongs to the range")
    .addOption(
      new Option("--reprocess-behavior <which>", "existing runs that run again")
        .choices(["none", "failed", "completed"])
        .default("none"),
    )
    .option("-B, --run-backwards", "newest first")
    .option("--max-active-runs <count>", "unfinished runs at the same time; default as many as the DAG may have")
    .option("-c, --dag-run-conf <json>", "configuration of the runs, a JSON object, or @file")
    .option("-t, --task-regex <regex>", "only these tasks, and what is upstream of them")
    .option("-i, --ignore-dependencies", "with --task-regex: without what is upstream")
    .option("-n, --dry-run", "show what would be done, and do nothing")
    .option("-w, --wait", "wait until all its runs have ended; exit code 1 when one failed");
  return command.action(
    action(shell, async (context, [argument]: [string | undefined], options: Options & { readonly dagId?: string }) => {
      const dagId = argument ?? options.dagId;
      if (dagId === undefined)
        throw new MillraceError("BAD_ARGUMENT", "which DAG? Name it: `backfill create <dag_id>`");
      return await withDags(context, [dagId], async (project) => {
        const dag = await getDag(project, dagId);
        const wish = wishOf(context, dag, options);
        return options.dryRun
          ? await preview(context, project, { dag, wish, options })
          : await create(context, project, { dag, wish, options });
      });
    }),
  );
}

interface Asked {
  readonly dag: DagDetail;
  readonly wish: BackfillWish;
  readonly options: Options;
}

async function create(context: CommandContext, project: OpenProject, { dag, wish, options }: Asked): Promise<ExitCode> {
  const { terminal } = context;
  if (options.wait && !project.isLive)
    throw new MillraceError(
      "NOT_RUNNING",
      "no Millrace runs on this database, so nobody would carry the backfill out",
      {
        details: {
          dagId: dag.dagId,
          hint: "Start one with `millrace start`, or leave --wait out: it begins with the next start.",
        },
      },
    );
  const made = await project.queries.createBackfill(wish, `user:${terminal.user}`);
  terminal.say(`The backfill ${made.backfillId} of ${dag.dagId} is written down.`);
  if (dag.paused)
    terminal.say(`${dag.dagId} is paused: it waits until \`${terminal.program} dags unpause ${dag.dagId}\`.`);
  else if (!project.isLive)
    terminal.say(`No Millrace runs on this database: it waits until \`${terminal.program} start\`.`);
  if (!options.wait) {
    printRows(terminal, [backfillRow(made)], { ...options, empty: "" });
    return 0;
  }
  const tools = { terminal, queries: project.queries, onWait: createLiveWatch(terminal, project) };
  const ended = await followBackfill(tools, made.backfillId);
  terminal.say(`The backfill ${made.backfillId} of ${dag.dagId} ${ended.state}: ${sayCounts(ended)}.`);
  printRows(terminal, [backfillRow(ended)], { ...options, empty: "" });
  return ended.state === "ended" && (ended.counts.failed ?? 0) === 0 ? 0 : 1;
}

async function preview(
  context: CommandContext,
  project: OpenProject,
  { dag, wish, options }: Asked,
): Promise<ExitCode> {
  const counts = { create: 0, clear: 0, skip: 0 };
  const rows: Row[] = [];
  const now = await project.engine.now();
  for await (const date of previewBackfill(project.queries, dag.graph.dag.schedule, wish, now)) {
    counts[date.action] += 1;
    if (rows.length < MOST_SHOWN) rows.push(dateRow(date));
  }
  printRows(context.terminal, rows, { ...options, empty: "No complete interval of the schedule lies in the range." });
  const rest = counts.create + counts.clear + counts.skip - rows.length;
  if (rest > 0) context.terminal.say(`… and ${rest} more`);
  context.terminal.say(
    `${dag.dagId}: ${counts.create} runs would be made, ${counts.clear} would run again, ${counts.skip} would stay as they are.`,
  );
  return 0;
}

function dateRow({ logicalDate, intervalStart, intervalEnd, action: what, run }: PreviewedDate): Row {
  return {
    logical_date: formatInstant(logicalDate),
    data_interval_start: formatInstant(intervalStart),
    data_interval_end: formatInstant(intervalEnd),
    action: what,
    run_id: run?.runKey ?? null,
    run_state: run?.state ?? null,
  };
}

function wishOf({ config, terminal }: CommandContext, dag: DagDetail, options: Options): BackfillWish {
  const compiled = compileGraph(dag.graph, rulesOf(config));
  const { maxActiveRuns = String(dag.graph.dag.maxActiveRuns), taskRegex, dagRunConf } = options;
  const wish: BackfillWish = {
    dagId: dag.dagId,
    from: parseInstant(options.fromDate, "UTC"),
    to: parseInstant(options.toDate, "UTC"),
    reprocess: options.reprocessBehavior,
    reverse: options.runBackwards === true,
    maxActiveRuns: Number(maxActiveRuns),
    conf: dagRunConf === undefined ? null : parseConf(dagRunConf, terminal.cwd),
    ...(taskRegex !== undefined && {
      taskIds: chooseTasks(compiled, taskRegex, { upstream: !options.ignoreDependencies }),
    }),
  };
  checkBackfill(compiled, wish);
  return wish;
}
