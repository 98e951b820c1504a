import {
  explainRun,
  formatInstant,
  formatInZone,
  nextRunQuery,
  sayBlocker,
  upcomingRuns,
  whyDag,
  zoneOf,
  type Blocker,
  type DueRun,
  type WhyFacts,
} from "@millrace/core";
import { Option, type Command } from "commander";
import { readFacts } from "../ask-why.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { nameProgram } from "../name-program.ts";
import { withDags } from "../open-project.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { readCount } from "../read-count.ts";

/** What keeps a schedule from making the runs that are listed, or more of them. */
const TOLD: ReadonlySet<Blocker["kind"]> = new Set([
  "paused",
  "fileGone",
  "importError",
  "noSchedule",
  "assets",
  "scheduleOver",
  "tooManyUnfinished",
] as const);

interface Options extends RowsOptions {
  readonly numExecutions: string;
}

/** `millrace dags next-execution DAG`: the next runs of its schedule, with what clock changes do to them, and why there are none or no more. */
export function makeDagsNextExecution(shell: Shell): Command {
  return addRowsOptions(makeCommand("next-execution", "show the next runs that a DAG's schedule makes"))
    .argument("<dag_id>")
    .addOption(new Option("-n, --num-executions <count>", "how many").default("1"))
    .action(
      action(shell, async (context, [dagId]: [string], options: Options) => {
        const { terminal } = context;
        const count = readCount("--num-executions", options.numExecutions, [1, 1_000]);
        const facts = await withDags(context, [dagId], (project) => readFacts(project, dagId));
        const { dag, now } = facts;
        const { schedule } = dag.graph.dag;
        const runs = dag.active ? upcomingRuns(schedule, nextRunQuery(dag, now), count) : [];
        const rows = runs.map((run) => rowOf(facts, run));
        printRows(terminal, rows, { ...options, empty: `The schedule of ${dagId} makes no run by the clock.` });
        for (const blocker of [...whyDag(facts), ...whyNoMore(facts, runs, count)]) {
          if (!TOLD.has(blocker.kind)) continue;
          const { reason, advice } = sayBlocker(blocker, { dagId, now });
          terminal.say(reason);
          if (advice !== undefined) terminal.say(`  ${nameProgram(advice, terminal)}`);
        }
      }),
    );
}

function rowOf({ dag, now }: WhyFacts, run: DueRun): Row {
  const { schedule } = dag.graph.dag;
  const zone = zoneOf(schedule);
  return {
    logical_date: formatInstant(run.logicalDate),
    data_interval_start: formatInstant(run.intervalStart),
    data_interval_end: formatInstant(run.intervalEnd),
    run_after: formatInstant(run.runAfter),
    local_time: formatInZone(run.runAfter, zone),
    zone,
    notes: [...(run.runAfter <= now ? ["due now"] : []), ...explainRun(schedule, run)],
  };
}

/** The list is shorter than was asked for. Of a continuous schedule only one run is known ahead. */
function whyNoMore({ dag }: WhyFacts, runs: readonly DueRun[], count: number): readonly Blocker[] {
  const { schedule, end } = dag.graph.dag;
  if (runs.length === 0 || runs.length === count || schedule.kind === "continuous") return [];
  return [{ kind: "scheduleOver", schedule, ...(end !== undefined && { end }) }];
}
