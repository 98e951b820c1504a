import { whyDag, whyRun, whyTasks, type WhyCase } from "@millrace/core";
import type { Command } from "commander";
import { openRunCase, readFacts } from "../ask-why.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { printAnswers, type Answer } from "../output/print-answers.ts";

/** `millrace dags why DAG [RUN]`: why a DAG has no run now, or why a run does not begin, go on, or end well. */
export function makeDagsWhy(shell: Shell): Command {
  return addRowsOptions(makeCommand("why", "say why a DAG does not run now, or what keeps one of its runs"))
    .argument("<dag_id>")
    .argument("[run]", "run id, logical date, or latest: about this run")
    .action(
      action(shell, async (context, [dagId, run]: [string, string | undefined], options: RowsOptions) => {
        const { config, terminal } = context;
        await withDags(context, [dagId], async (project) => {
          if (run === undefined) {
            const facts = await readFacts(project, dagId);
            printAnswers(terminal, [{ blockers: whyDag(facts) }], { ...options, dagId, now: facts.now, empty: "" });
            return;
          }
          const at = await openRunCase(project, { dagId, run, config });
          const empty = `${at.run.runKey} has nothing left to do.`;
          printAnswers(terminal, answersOf(at), { ...options, dagId, now: at.facts.now, empty });
        });
      }),
    );
}

/** Of a run that waits as a whole, that; of one that runs, its tasks; of one that failed, the tasks that did. */
function answersOf(at: WhyCase): readonly Answer[] {
  const { runKey, state } = at.run;
  const blockers = whyRun(at);
  const whole: readonly Answer[] = blockers.length > 0 ? [{ runKey, blockers }] : [];
  if (state === "queued" || state === "success") return whole;
  const tasks = state === "running" ? whyTasks(at) : whyTasks(at, (group) => group.state === "failed");
  return [...whole, ...tasks.map((answer) => ({ instance: answer.group, runKey, blockers: answer.blockers }))];
}
