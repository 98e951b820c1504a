// The DAGs that the bench runs. Light tasks: a number in, a number out, one log line.
import { dag, type Scope } from "millrace";

const CHAIN_TASKS = 40;
/** Beyond every limit, so that a workload measures the engine and not its limits. */
const UNLIMITED = { maxActiveRuns: 100_000, maxActiveTasks: 100_000 };

function declareChain({ task }: Pick<Scope, "task">): void {
  let last = task("task_0", (_, { log }) => {
    log.info("step 0");
    return 0;
  });
  for (let index = 1; index < CHAIN_TASKS; index += 1) {
    last = task(`task_${index}`, { input: { last } }, (input, { log }) => {
      log.info(`step ${index}`);
      return input.last + 1;
    });
  }
}

/** 40 tasks in a row, each with its predecessor's result as input; the limits are the defaults. */
export const chain = dag("chain", declareChain);

/** The same chain without limits of its own. */
export const wideChain = dag("wide_chain", UNLIMITED, declareChain);

/** A list of 1 000, a task for each element, a sum of the results; the limits are the defaults. */
export const mapAndJoin = dag("map_and_join", ({ task, map }) => {
  const numbers = task("numbers", () => Array.from({ length: 1_000 }, (_, index) => index));
  const doubled = map("double", { each: { number: numbers } }, ({ number }) => number * 2);
  task("sum", { input: { doubled } }, (input) => input.doubled.reduce((sum, value) => sum + value, 0));
});

/** One task that returns when it began, in nanoseconds of the clock that all processes of a machine share. */
export const startTime = dag("start_time", ({ task }) => {
  task("begin", () => process.hrtime.bigint().toString());
});

/** As many tasks as the run's conf says: a list, a task for each element, and one at the end. */
export const sized = dag("sized", { ...UNLIMITED, params: { tasks: 3 } }, ({ task, map }) => {
  const numbers = task("numbers", (_, { params }) => Array.from({ length: params.tasks - 2 }, (_, index) => index));
  const each = map("each", { each: { number: numbers } }, ({ number }) => number);
  task("end", { after: [each] }, () => 0);
});
