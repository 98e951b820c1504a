import type { ListedRun } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { V1Handlers } from "./handlers.ts";
import { affectedBy } from "./affected.ts";
import { readNote } from "./read-note.ts";
import { reprPython } from "./python-text.ts";
import { queuedRunBody, runBody } from "./run-body.ts";
import { byOf, sendWish } from "./send-wish.ts";

/** What is done to one run. */
export function dagRunWriteHandlers(
  ports: ServerPorts,
): Pick<V1Handlers, "delete_dag_run" | "update_dag_run_state" | "clear_dag_run" | "set_dag_run_note"> {
  const { runLists, notes } = ports;
  return {
    delete_dag_run: async ({ caller, params: { dag_id: dagId, dag_run_id: runKey } }) => {
      const notFound = (): Problem =>
        new Problem(404, { detail: `DAGRun with DAG ID: '${dagId}' and DagRun ID: '${runKey}' not found` });
      if (!(await runLists.findRun(dagId, runKey))) throw notFound();
      await sendWish(ports, { dagId, command: { kind: "deleteRun", runKey }, caller }, { NOT_FOUND: notFound });
      return undefined;
    },
    update_dag_run_state: async ({ caller, params, body: { state } }) => {
      const { dag_id: dagId, dag_run_id: runKey } = params;
      if (state === undefined) throw missing("state");
      await getRun(runLists, params);
      await sendWish(ports, { dagId, command: { kind: "markRun", runKey, state }, caller });
      const run = await getRun(runLists, params);
      return state === "queued" ? queuedRunBody(run) : { ...runBody(run), state };
    },
    clear_dag_run: async ({ caller, params, body: { dry_run: isDryRun = true } }) => {
      const { dag_id: dagId, dag_run_id: runKey } = params;
      const { logicalDate } = await getRun(runLists, params);
      const command = { kind: "clear", runKey, select: {}, version: "newest" } as const;
      if (isDryRun) {
        const affected = await affectedBy(ports, { dagId, command, logicalDate });
        // The contract says whole task instances; Airflow sends references.
        return { task_instances: affected as never, total_entries: affected.length };
      }
      await sendWish(ports, { dagId, command, caller });
      return queuedRunBody(await getRun(runLists, params));
    },
    set_dag_run_note: async ({ caller, params, body }) => {
      const text = readNote(body.note);
      const { runId } = await getRun(runLists, params);
      await notes.setRunNote(runId, { text, by: byOf(caller) });
      return runBody(await getRun(runLists, params));
    },
  };
}

/** A field that the contract does not ask for, and Airflow does. */
function missing(field: string): Problem {
  return new Problem(400, { detail: reprPython({ [field]: ["Missing data for required field."] }) });
}

async function getRun(
  runLists: ServerPorts["runLists"],
  { dag_id: dagId, dag_run_id: runKey }: { readonly dag_id: string; readonly dag_run_id: string },
): Promise<ListedRun> {
  const run = await runLists.findRun(dagId, runKey);
  if (run) return run;
  throw new Problem(404, { title: `Dag Run id ${runKey} not found in dag ${dagId}` });
}
