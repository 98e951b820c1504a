import type { AuditEntry } from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { microsToSql } from "../postgres/micros-sql.ts";
import { runGuarded } from "./run-guarded.ts";

const INSERT = `
  insert into millrace.audit_entry (event, by, from_address, dag_id, run_key, task_id, map_index, try_number, logical_date, extra)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** Writes down what somebody did. */
export async function recordAudit(pool: DatabasePool, entry: AuditEntry): Promise<void> {
  const { event, by, from, dagId, runKey, taskId, mapIndex, tryNumber, logicalDate, extra } = entry;
  const text = (value: string | undefined): string | null => (value === undefined ? null : cleanText(value));
  const values = [
    ...[event, by, from, dagId, runKey, taskId].map(text),
    mapIndex ?? null,
    tryNumber ?? null,
    logicalDate === undefined ? null : microsToSql(logicalDate),
    text(extra),
  ];
  await runGuarded(pool, "any", (client) => client.query(INSERT, values));
}
