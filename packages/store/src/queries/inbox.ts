// R5. Commands are durable rows and a wake-up. The commit that carries one out deletes the row and writes its answer (migrations/0004-commit-rest.sql).
import { MillraceError, type Answer, type InboxMessage, type InboxRow } from "@millrace/core";
import { cleanText, storable } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import type { WakeUps } from "./wake-ups.ts";

const SEND = `
  with sent as (
    insert into millrace.inbox (dag_id, command, by)
    values ($1, $2, $3)
    returning inbox_id
  )
  select s.inbox_id, pg_notify('millrace_inbox', '') from sent s`;

// Index inbox_by_dag. The table only holds what is unanswered.
const READ = `
  select inbox_id, dag_id, command, by
  from millrace.inbox
  where dag_id = any ($1)
  order by inbox_id
  limit $2`;

const ANSWER = `
  select answer
  from millrace.inbox_answer
  where inbox_id = $1`;

/** Puts a command into the inbox of its DAG and wakes the owner. @returns the id to wait for. */
export async function send(
  pool: DatabasePool,
  message: { readonly dagId: string; readonly command: InboxMessage; readonly by: string },
): Promise<number> {
  const dagId = storable(message.dagId, { runId: 0, column: "the DAG id" });
  // A larger one would hold up the tick that reads it, and all other DAGs with it.
  const command = storable(JSON.stringify(message.command), { runId: 0, column: "the command" });
  const values = [dagId, command, cleanText(message.by)];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ inbox_id: number }>(SEND, values));
  return rows[0].inbox_id;
}

/** Unanswered commands of these DAGs in order of arrival. */
export async function readInbox(
  pool: DatabasePool,
  dagIds: readonly string[],
  limit: number,
): Promise<readonly InboxRow<InboxMessage>[]> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ inbox_id: number; dag_id: string; command: string; by: string }>(READ, [dagIds, limit]),
  );
  return rows.map((row) => ({
    inboxId: row.inbox_id,
    dagId: row.dag_id,
    command: JSON.parse(row.command) as InboxMessage,
    by: row.by,
  }));
}

/** Waits until the command is carried out or refused. @throws MillraceError TIMEOUT: it may still be carried out. */
export async function waitForAnswer(
  pool: DatabasePool,
  wakeUps: WakeUps,
  inboxId: number,
  timeoutMs: number,
): Promise<Answer> {
  const endAt = performance.now() + timeoutMs;
  await using woken = await wakeUps.subscribe(["answers"]);
  for (;;) {
    const { rows } = await runGuarded(pool, "any", (client) => client.query<{ answer: string }>(ANSWER, [inboxId]));
    if (rows[0] !== undefined) return JSON.parse(rows[0].answer) as Answer;
    const leftMs = endAt - performance.now();
    if (leftMs <= 0) break;
    await woken.next(leftMs);
  }
  throw new MillraceError(
    "TIMEOUT",
    `command ${inboxId} was not answered within ${timeoutMs} ms. It stays in the inbox: no scheduler has taken it yet.`,
    { details: { inboxId, timeoutMs } },
  );
}
