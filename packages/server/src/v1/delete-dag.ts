import { isMillraceError, MillraceError } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";

/**
 * Deletes a DAG with its runs, also while its file is there: it then comes back with nothing when the file is read again, which is asked for at once.
 *
 * R5: its owner is told to pause it first, so that it makes no run while the rows go; when it cannot be deleted after all, it goes on as before.
 *
 * @throws Problem 404; 409 while it has runs that have not ended. MillraceError CONFLICT while a backfill is open
 */
export async function deleteDag(
  dagId: string,
  { ports, by }: { readonly ports: ServerPorts; readonly by: string },
): Promise<void> {
  const { dagLists, queries, commands, totals } = ports;
  const pause = async (paused: boolean): Promise<void> => {
    const answer = await commands.send(dagId, { kind: "pause", paused }, by);
    if (!answer.ok) throw new MillraceError(answer.code, answer.message);
  };
  const [dag, live] = await Promise.all([
    dagLists.findDag(dagId),
    totals.countRuns({ dagIds: [dagId], states: ["queued", "running"] }),
  ]);
  if (!dag) throw notFound(dagId);
  if (live > 0) throw stillRunning(dagId);
  const mustPause = dag.active && !dag.paused;
  if (mustPause) await pause(true);
  try {
    await queries.deleteDag(dagId, { declaredToo: true });
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    if (error.code === "NOT_FOUND") throw notFound(dagId);
    if (mustPause) await pause(false);
    throw error.details["runId"] === undefined ? error : stillRunning(dagId);
  }
}

function notFound(dagId: string): Problem {
  return new Problem(404, { title: `Dag with id: '${dagId}' not found` });
}

function stillRunning(dagId: string): Problem {
  return new Problem(409, { detail: `Task instances of dag with id: '${dagId}' are still running` });
}
