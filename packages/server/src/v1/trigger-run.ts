import type { V1DAGRunInput } from "@millrace/api";
import { formatInstant, type Command, type Micros } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { V1Handlers } from "./handlers.ts";
import { readInstant } from "./instants.ts";
import { reprPython } from "./python-text.ts";
import { queuedRunBody } from "./run-body.ts";
import { sendWish } from "./send-wish.ts";

type Trigger = Extract<Command, { readonly kind: "trigger" }>;

/** Makes runs by hand. */
export function triggerHandlers(ports: ServerPorts): Pick<V1Handlers, "post_dag_run"> {
  const { dagLists, runLists } = ports;
  return {
    post_dag_run: async ({ caller, params: { dag_id: dagId }, body }) => {
      const dag = await dagLists.findDag(dagId);
      if (!dag?.active)
        throw new Problem(404, { title: "DAG not found", detail: `DAG with dag_id: '${dagId}' not found` });
      if (dag.hasImportErrors) {
        throw new Problem(400, {
          title: "DAG cannot be triggered",
          detail: `DAG with dag_id: '${dagId}' has import errors`,
        });
      }
      const command = readTrigger(body);
      await refuseTaken(ports, dagId, command);
      const { runKey = "" } = await sendWish(
        ports,
        { dagId, command, caller },
        {
          BAD_PARAM: (message) => new Problem(400, { detail: `Invalid input for param: ${message}` }),
          BAD_ARGUMENT: (message) => new Problem(400, { detail: message }),
          CONFLICT: (message) => new Problem(409, { detail: message }),
        },
      );
      const run = await runLists.findRun(dagId, runKey);
      // Deleted again, since then.
      if (!run) throw new Problem(404, { title: "DAGRun not found" });
      return queuedRunBody(run);
    },
  };
}

/** @throws Problem 400 */
function readTrigger(body: V1DAGRunInput): Trigger {
  const date = readDate(body);
  const { data_interval_start: start, data_interval_end: end, dag_run_id: runKey, conf, note } = body;
  if (isGiven(start) !== isGiven(end)) {
    throw new Problem(400, {
      detail: reprPython({
        _schema: ["Both 'data_interval_start' and 'data_interval_end' must be specified together"],
      }),
    });
  }
  return {
    kind: "trigger",
    ...(isGiven(runKey) && { runKey }),
    ...(date !== undefined && { logicalDate: date }),
    ...(isGiven(start) && isGiven(end) && { dataInterval: { start: readInstant(start), end: readInstant(end) } }),
    ...(conf !== undefined && { conf: JSON.stringify(conf) }),
    ...(isGiven(note) && { note }),
  };
}

/** The logical date under its present or its old name. @throws Problem 400 when both are given and differ */
function readDate({ logical_date: given, execution_date: old }: V1DAGRunInput): Micros | undefined {
  const date = isGiven(given) ? readInstant(given) : undefined;
  const oldDate = isGiven(old) ? readInstant(old) : undefined;
  if (date !== undefined && oldDate !== undefined && date !== oldDate)
    throw new Problem(400, { title: "logical_date conflicts with execution_date", detail: `'${given}' != '${old}'` });
  return date ?? oldDate;
}

/** What is taken is said in API v1's words; what is taken at the same moment in the engine's. @throws Problem 409 */
async function refuseTaken(
  { runLists }: Pick<ServerPorts, "runLists">,
  dagId: string,
  { runKey, logicalDate }: Trigger,
): Promise<void> {
  const taken = (what: string): Problem =>
    new Problem(409, { detail: `DAGRun with DAG ID: '${dagId}' and DAGRun ${what} already exists` });
  if (logicalDate !== undefined) {
    const dated = await runLists.listRuns(
      { dagIds: [dagId], logicalDate: { from: logicalDate, to: logicalDate } },
      { limit: 1, offset: 0, by: "runId", descending: false },
    );
    if (dated.items.length > 0) throw taken(`logical date: '${formatInstant(logicalDate).replace("T", " ")}'`);
  }
  if (runKey !== undefined && (await runLists.findRun(dagId, runKey))) throw taken(`ID: '${runKey}'`);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
