/** A DAG of every shape that a fault may hit: a chain, a map and its join, a branch, a retry, a value that is pushed. Each run ends the same way. */
export const SHAPES = `
import { appendFileSync } from "node:fs";
import { dag } from "millrace";
const note = (run, what) => appendFileSync(process.env.MILLRACE_TASK_NOTES, run + " " + what + "\\n");
export const shapes = dag("shapes", { defaults: { retries: 1, retryDelay: "50ms" } }, ({ task, map, branch }) => {
  let last = task("t0", (_, { runId }) => { note(runId, "t0"); return 1; });
  for (let i = 1; i < 12; i += 1) last = task("t" + i, { input: { last } }, ({ last }, { runId }) => { note(runId, "t" + i); return last + 1; });
  const list = task("list", { input: { last } }, ({ last }, { runId }) => { note(runId, "list"); return Array.from({ length: last }, (_, i) => i); });
  const doubled = map("double", { each: { n: list } }, ({ n }, { runId, mapIndex }) => { note(runId, "double" + mapIndex); return n * 2; });
  const sum = task("sum", { input: { doubled } }, ({ doubled }, { runId }) => { note(runId, "sum"); return doubled.reduce((a, b) => a + b, 0); });
  task("flaky", { input: { sum } }, ({ sum }, { tryNumber, runId }) => {
    note(runId, "flaky" + tryNumber);
    if (tryNumber === 1) throw new Error("the first try fails");
    return sum;
  });
  task("once", { after: [last], singleAttempt: true, retries: 0 }, (_, { runId }) => { note(runId, "once"); return "once"; });
  task("broken", { after: [sum], retries: 0 }, (_, { runId }) => { note(runId, "broken"); throw new Error("always"); });
});
`;
