import type { AuditEntry, Queries } from "@millrace/core";
import type { Input } from "./route.ts";

/** What an entry of the audit is about. */
export type AuditSubject = Pick<AuditEntry, "dagId" | "runKey" | "taskId" | "mapIndex">;

/** Where the numbers of runs and backfills lead to. */
export type FindSubject = Pick<Queries, "findRunById" | "findBackfill">;

/**
 * What a write is about: the DAG, run and task instance that its path names, or its body, or the number of a run or backfill in its path. A number that
 * leads nowhere is about nothing: the write will be refused.
 */
export async function auditSubject(find: FindSubject, { params, body }: Input): Promise<AuditSubject> {
  const told = objectOf(body);
  // What a preview or a list of one run would do is told in a command within the body.
  const texts = [params, told, objectOf(told["command"])];
  const text = (...names: readonly string[]): string | undefined =>
    texts
      .flatMap((each) => names.map((name) => each[name]))
      .find((value) => typeof value === "string" && value !== "~") as string | undefined;
  const named = text("dag_id", "dagId");
  const found = named === undefined ? await findByNumber(find, params) : undefined;
  const dagId = named ?? found?.dagId;
  const runKey = text("dag_run_id", "runKey") ?? found?.runKey;
  const taskId = text("task_id", "taskId");
  const mapIndex = params["map_index"] ?? params["mapIndex"];
  return {
    ...(dagId !== undefined && { dagId }),
    ...(runKey !== undefined && { runKey }),
    ...(taskId !== undefined && { taskId }),
    ...(typeof mapIndex === "number" && { mapIndex }),
  };
}

async function findByNumber(
  { findRunById, findBackfill }: FindSubject,
  { runId, backfillId }: Input["params"],
): Promise<AuditSubject | undefined> {
  if (typeof runId === "number") return await findRunById(runId);
  if (typeof backfillId === "number") {
    const backfill = await findBackfill(backfillId);
    return backfill && { dagId: backfill.dagId };
  }
  return undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
