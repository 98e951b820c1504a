import type { RemovedRows } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { deleteBatch, ROWS_AT_ONCE } from "./delete-batch.ts";

// Index inbox_answer_by_age. An hour, for callers that ask late; deliveries of webhooks tell so long why no run was made.
const DELETE = `
  delete from millrace.inbox_answer
  where inbox_id in (
    select inbox_id from millrace.inbox_answer
    where at < now() - interval '1 hour'
    order by at
    limit ${ROWS_AT_ONCE}
  )`;

/** As {@link RetentionStore.removeAnswers}. */
export async function removeAnswers(pool: DatabasePool): Promise<RemovedRows> {
  return await deleteBatch(pool, DELETE);
}
