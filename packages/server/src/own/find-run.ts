import type { Need } from "@millrace/api";
import { MillraceError, type RunDetail } from "@millrace/core";
import { may, type Caller } from "../access/caller.ts";
import type { RequestFacts } from "../http/call.ts";
import { Problem } from "../http/problem.ts";
import { Reply } from "../http/reply.ts";
import type { ServerPorts } from "../ports.ts";

/**
 * The run of that id, for a caller who may do this with its DAG. To others it is not there: they learn nothing of runs of foreign DAGs.
 *
 * @throws Problem 404; 403 when they may read the DAG, but not do this
 */
export async function getRunFor(
  { queries }: Pick<ServerPorts, "queries">,
  runId: number,
  caller: Caller,
  needs: readonly Need[],
): Promise<RunDetail> {
  const run = await queries.findRunById(runId);
  if (!run || !may(caller, ["can_read", "DAGs"], run.dagId)) throw noRun(runId);
  if (!needs.every((need) => may(caller, need, run.dagId))) throw new Problem(403);
  return run;
}

/** The ETag of a run. */
function etagOf({ changeVersion }: Pick<RunDetail, "changeVersion">): string {
  return `"${changeVersion}"`;
}

/** An answer about a run with its ETag; 304 without a body when the client has it already. */
export function runReply(run: RunDetail, body: unknown, { headers }: RequestFacts): Reply {
  const etag = etagOf(run);
  if (listed(headers["if-none-match"]).includes(etag)) return new Reply(undefined, { status: 304, headers: { etag } });
  return new Reply(body, { headers: { etag } });
}

/**
 * The versions that a request accepts, for whoever commits to compare with; absent = any. Looked at here, too: most refusals need no owner.
 *
 * @throws MillraceError CHANGED_MEANWHILE when the run is at none of them
 */
export function requireMatch(run: RunDetail, { headers }: RequestFacts): readonly number[] | undefined {
  const wanted = listed(headers["if-match"]);
  if (wanted.length === 0 || wanted.includes("*")) return undefined;
  if (wanted.includes(etagOf(run)))
    return wanted.map((etag) => Number(etag.replaceAll('"', ""))).filter(Number.isInteger);
  throw new MillraceError(
    "CHANGED_MEANWHILE",
    `the run ${run.runKey} of ${run.dagId} is at version ${run.changeVersion} by now`,
    {
      details: { dagId: run.dagId, runId: run.runId, version: run.changeVersion },
    },
  );
}

function noRun(runId: number): MillraceError {
  return new MillraceError("NOT_FOUND", `there is no run ${runId}`, { details: { runId } });
}

function listed(header: string | readonly string[] | undefined): readonly string[] {
  const text = typeof header === "string" ? header : (header ?? []).join(",");
  return text
    .split(",")
    .map((part) => part.trim().replace(/^W\//, ""))
    .filter((part) => part !== "");
}
