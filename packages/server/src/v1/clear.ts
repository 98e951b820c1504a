import type { V1ClearTaskInstancesInput, V1TaskInstanceReference } from "@millrace/api";
import type { InstanceSelector, Micros, Span } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { affectedBy } from "./affected.ts";
import type { V1Handlers } from "./handlers.ts";
import { readInstant } from "./instants.ts";
import { reprPython } from "./python-text.ts";
import { runsInRange } from "./runs-in-range.ts";
import { sendWish } from "./send-wish.ts";

const HAS_OFFSET = /([Zz]|[+-]\d{2}:?\d{2})$/;

/** Lets task instances run again. */
export function clearHandlers(ports: ServerPorts): Pick<V1Handlers, "post_clear_task_instances"> {
  return {
    post_clear_task_instances: async ({ caller, params: { dag_id: dagId }, body }) => {
      refuseContradictions(body);
      const dag = await ports.queries.findDag(dagId);
      if (!dag) throw new Problem(404, { title: `Dag id ${dagId} not found` });
      const span = await spanOf(ports, dagId, body);
      const known = new Set(dag.graph.tasks.map(({ taskId }) => taskId));
      const select = selectOf(body, known);
      const references: V1TaskInstanceReference[] = [];
      if (select === undefined) return { task_instances: references };
      const { dry_run: isDryRun = true, reset_dag_runs: isReset = false } = body;
      // One command for each run, in their order: each takes effect as a whole.
      for await (const { runKey, logicalDate } of runsInRange(ports, dagId, span)) {
        const wish = { kind: "clear", runKey, select, version: "newest" } as const;
        const command = isReset ? wish : { ...wish, keepRunState: true as const };
        const affected = await affectedBy(ports, { dagId, command, logicalDate });
        references.push(...affected);
        if (!isDryRun && affected.length > 0) await sendWish(ports, { dagId, command, caller });
      }
      return { task_instances: references };
    },
  };
}

/** @throws Problem 400 */
function refuseContradictions(body: V1ClearTaskInstancesInput): void {
  const { start_date: start, end_date: end, dag_run_id: runKey } = body;
  const refuse = (words: string): Problem => new Problem(400, { detail: reprPython({ _schema: [words] }) });
  if (body.only_failed === true && body.only_running === true)
    throw refuse("only_failed and only_running both are set to True");
  for (const [name, date] of Object.entries({ start_date: start, end_date: end }))
    if (date !== undefined && !HAS_OFFSET.test(date))
      throw new Problem(400, { detail: reprPython({ [name]: ["Naive datetime is disallowed"] }) });
  if (start !== undefined && end !== undefined && readInstant(start) > readInstant(end))
    throw refuse("end_date is sooner than start_date");
  if (runKey === undefined || runKey === null) return;
  if (start !== undefined && end !== undefined)
    throw refuse("Exactly one of dag_run_id or (start_date and end_date) must be provided");
  if (start !== undefined) throw refuse("Exactly one of dag_run_id or start_date must be provided");
  if (end !== undefined) throw refuse("Exactly one of dag_run_id or end_date must be provided");
}

/** Logical dates of the runs that are meant. @throws Problem 404 */
async function spanOf({ runLists }: ServerPorts, dagId: string, body: V1ClearTaskInstancesInput): Promise<Span> {
  const { start_date: start, end_date: end, dag_run_id: runKey } = body;
  let from: Micros | undefined = start === undefined ? undefined : readInstant(start);
  let to: Micros | undefined = end === undefined ? undefined : readInstant(end);
  if (runKey !== undefined && runKey !== null) {
    const run = await runLists.findRun(dagId, runKey);
    if (!run) throw new Problem(404, { title: `Dag Run id ${runKey} not found in dag ${dagId}` });
    from = to = run.logicalDate;
  }
  return {
    ...(from !== undefined && body.include_past !== true && { from }),
    ...(to !== undefined && body.include_future !== true && { to }),
  };
}

/** Tasks that the DAG does not have are passed over; undefined when nothing is left. */
function selectOf(body: V1ClearTaskInstancesInput, known: ReadonlySet<string>): InstanceSelector | undefined {
  const taskIds = body.task_ids?.filter((taskId) => known.has(taskId));
  if (taskIds?.length === 0) return undefined;
  return {
    ...(taskIds && { taskIds }),
    ...(body.include_upstream === true && { upstream: true }),
    ...(body.include_downstream === true && { downstream: true }),
    ...(body.only_running === true ? { onlyRunning: true } : body.only_failed !== false && { onlyFailed: true }),
  };
}
