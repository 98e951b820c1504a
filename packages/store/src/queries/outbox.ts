// Callbacks run at least once: a taken row stays until its end is written, and is free again when the scheduler that took it has ended.
import type { EngineStore, OutboxRow } from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Index outbox_by_dag; skips rows that another scheduler is just taking.
const TAKE = `
  with taken as (
    update millrace.outbox o
    set taken_by = $1, attempts = o.attempts + 1
    where o.outbox_id in (
      select q.outbox_id
      from millrace.outbox q
      where q.dag_id = any ($2)
        and q.due_at <= now()
        and (q.taken_by is null or not exists (select from millrace.scheduler s where s.scheduler_id = q.taken_by and s.ended_at is null))
      order by q.outbox_id
      limit $3
      for update of q skip locked
    )
    returning o.*
  )
  select t.outbox_id, t.run_id, t.dag_id, r.run_key, r.dag_version, t.scope, t.event, t.task_id, t.map_index, t.try_number, t.reason, t.attempts
  from taken t
  join millrace.dag_run r on r.run_id = t.run_id
  order by t.outbox_id`;

const FINISH = `
  with gone as (
    delete from millrace.outbox
    where outbox_id = $1
    returning outbox_id, run_id, scope, event, task_id, map_index, try_number, attempts
  )
  insert into millrace.callback_end (outbox_id, run_id, scope, event, task_id, map_index, try_number, attempts, ok, error, log)
  select g.outbox_id, g.run_id, g.scope, g.event, g.task_id, g.map_index, g.try_number, g.attempts, $2, $3, $4
  from gone g
  on conflict do nothing`;

const RETRY = `
  update millrace.outbox
  set taken_by = null, due_at = now() + $2::bigint * interval '1 microsecond'
  where outbox_id = $1`;

type Outcome = Parameters<EngineStore["finishOutbox"]>[1];

interface OutboxSql {
  readonly outbox_id: number;
  readonly run_id: number;
  readonly dag_id: string;
  readonly run_key: string;
  readonly dag_version: number;
  readonly scope: "task" | "run";
  readonly event: string;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly try_number: number | null;
  readonly reason: string;
  readonly attempts: number;
}

/** Takes due callbacks of these DAGs, oldest first; `attempts` counts this one. */
export async function takeOutbox(
  pool: DatabasePool,
  options: { readonly schedulerId: number; readonly dagIds: readonly string[]; readonly limit: number },
): Promise<readonly OutboxRow[]> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<OutboxSql>(TAKE, [options.schedulerId, options.dagIds, options.limit]),
  );
  return rows.map((row) => ({
    outboxId: row.outbox_id,
    runId: row.run_id,
    dagId: row.dag_id,
    runKey: row.run_key,
    dagVersion: row.dag_version,
    scope: row.scope,
    event: row.event,
    taskId: row.task_id ?? undefined,
    mapIndex: row.map_index ?? undefined,
    tryNumber: row.try_number ?? undefined,
    reason: row.reason,
    attempts: row.attempts,
  }));
}

/** Writes how a callback ended, or when it runs again. */
export async function finishOutbox(
  pool: DatabasePool,
  outboxId: number,
  outcome: Outcome,
  log: string | undefined,
): Promise<void> {
  if (!outcome.ok && outcome.retryAfterMicros !== undefined) {
    const { retryAfterMicros } = outcome;
    await runGuarded(pool, "any", (client) => client.query(RETRY, [outboxId, retryAfterMicros]));
    return;
  }
  const values = [
    outboxId,
    outcome.ok,
    outcome.ok ? null : cleanText(outcome.error),
    log === undefined ? null : cleanText(log),
  ];
  await runGuarded(pool, "any", (client) => client.query(FINISH, values));
}
