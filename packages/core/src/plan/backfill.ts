import { MillraceError } from "../errors.ts";
import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { BackfillWish, Reprocess, RunAtDate } from "../ports/backfills.ts";
import { refuseBackfill } from "../timetable/backfill-dates.ts";

/** What a backfill does at one logical date. */
export type BackfillAction = "create" | "clear" | "skip";

/** Most runs of one backfill that may be unfinished at the same time. */
const MOST_ACTIVE_RUNS = 1_000;

/** Decides by the run that stands at the date, if there is one. A run that is unfinished is never touched. */
export function backfillAction(run: Pick<RunAtDate, "state"> | undefined, reprocess: Reprocess): BackfillAction {
  if (run === undefined) return "create";
  if (run.state === "failed") return reprocess === "none" ? "skip" : "clear";
  return run.state === "success" && reprocess === "completed" ? "clear" : "skip";
}

/**
 * Refuses a backfill that cannot be what somebody wants.
 *
 * @throws MillraceError BAD_ARGUMENT or NOT_FOUND, saying what to do instead.
 */
export function checkBackfill(compiled: CompiledGraph, wish: BackfillWish): void {
  const { dag } = compiled.graph;
  const refuse = (why: string): never => {
    throw new MillraceError("BAD_ARGUMENT", `the DAG ${wish.dagId} cannot be backfilled like this: ${why}`);
  };
  const why = refuseBackfill(dag.schedule);
  if (why !== undefined) refuse(why);
  if (wish.from > wish.to) refuse("its range ends before it begins");
  if (!Number.isInteger(wish.maxActiveRuns) || wish.maxActiveRuns < 1 || wish.maxActiveRuns > MOST_ACTIVE_RUNS)
    refuse(`the number of active runs must be a whole number from 1 to ${MOST_ACTIVE_RUNS}`);
  if (wish.reverse && compiled.looksAtPast)
    refuse("tasks that depend on the past cannot run newest first; leave the order as it is");
  if (wish.taskIds !== undefined) checkTasks(compiled, wish.taskIds, refuse);
}

function checkTasks(compiled: CompiledGraph, taskIds: readonly string[], refuse: (why: string) => never): void {
  if (taskIds.length === 0) refuse("no task is left to run");
  const wanted = new Set(taskIds);
  for (const taskId of taskIds) {
    const task = compiled.indexOf.get(taskId);
    if (task === undefined) return refuse(`it has no task ${taskId}`);
    for (const edge of compiled.tasks[task].upstream) {
      const { taskId: above } = compiled.tasks[edge.task];
      if (edge.via === "data" && !wanted.has(above))
        refuse(`${taskId} needs the result of ${above}, which is left out; choose both, or include what is upstream`);
    }
  }
}

/**
 * The tasks that a pattern means, with what is upstream of them unless told otherwise. Setups and teardowns of chosen tasks come with them.
 *
 * @throws MillraceError BAD_ARGUMENT when the pattern is no regular expression or matches no task.
 */
export function chooseTasks(
  compiled: CompiledGraph,
  pattern: string,
  options: { readonly upstream: boolean },
): readonly string[] {
  let matches: RegExp;
  try {
    matches = new RegExp(pattern);
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `"${pattern}" is no regular expression: ${(error as Error).message}`);
  }
  const chosen = new Set<number>();
  compiled.tasks.forEach(({ taskId }, task) => {
    if (matches.test(taskId)) chosen.add(task);
  });
  if (chosen.size === 0)
    throw new MillraceError("BAD_ARGUMENT", `no task of ${compiled.graph.dagId} matches "${pattern}"`);
  if (options.upstream) for (const above of compiled.allAbove([...chosen])) chosen.add(above);
  for (const task of [...chosen]) for (const setup of compiled.tasks[task].setups ?? []) chosen.add(setup);
  compiled.tasks.forEach((node, task) => {
    if (node.teardown && node.setups?.some((setup) => chosen.has(setup))) chosen.add(task);
  });
  return [...chosen].sort((a, b) => a - b).map((task) => compiled.tasks[task].taskId);
}
