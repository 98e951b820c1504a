import type { Audit, AuditOrder, AuditRequest, AuditRow, Micros } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { microsToSql } from "../postgres/micros-sql.ts";
import { countRows } from "./totals.ts";
import { runGuarded } from "./run-guarded.ts";

const COLUMNS =
  "audit_id, at, event, by, from_address, dag_id, run_key, task_id, map_index, try_number, logical_date, extra";

// Primary key.
const FIND = `
  select ${COLUMNS}
  from millrace.audit_entry
  where audit_id = $1`;

/** What each thing that entries can be sorted by is in SQL. Ids grow as entries are written: the primary key serves most pages. */
const ORDERS: Readonly<Record<AuditOrder, string>> = {
  auditId: "audit_id",
  at: "at",
  dagId: "dag_id",
  taskId: "task_id",
  runKey: "run_key",
  event: "event",
  logicalDate: "logical_date",
  by: `case when starts_with(by, 'user:') then substr(by, 6) else by end collate "C"`,
  extra: `extra collate "C"`,
};

type Value = string | number | readonly string[];
type Filter = readonly [condition: (parameter: string) => string, value: Value | undefined];

interface AuditSql {
  readonly audit_id: number;
  readonly at: Micros;
  readonly event: string;
  readonly by: string;
  readonly from_address: string;
  readonly dag_id: string | null;
  readonly run_key: string | null;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly try_number: number | null;
  readonly logical_date: Micros | null;
  readonly extra: string | null;
}

/** As {@link Audit.list}. */
export async function listAudit(pool: DatabasePool, request: AuditRequest): ReturnType<Audit["list"]> {
  const filters = filtersOf(request).filter(([, value]) => value !== undefined);
  const values = filters.map(([, value]) => value);
  const where =
    filters.length === 0
      ? ""
      : `where ${filters.map(([condition], position) => condition(`$${position + 1}`)).join(" and ")}`;
  const direction = request.isDescending === true ? "desc" : "asc";
  const page = `
  select ${COLUMNS}
  from millrace.audit_entry
  ${where}
  order by ${ORDERS[request.orderBy ?? "auditId"]} ${direction}, audit_id ${direction}
  limit $${values.length + 1}
  offset $${values.length + 2}`;
  const count = `select count(*) as total from millrace.audit_entry ${where}`;
  if (filters.length === 0) {
    const { rows } = await runGuarded(pool, "any", (client) =>
      client.query<AuditSql>(page, [request.limit, request.offset]),
    );
    return { entries: rows.map(rowOf), total: await countRows(pool, "audit") };
  }
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<AuditSql>(page, [...values, request.limit, request.offset]);
    // The last page tells the total itself.
    const isLast = rows.length < request.limit && (rows.length > 0 || request.offset === 0);
    const total = isLast
      ? request.offset + rows.length
      : (await client.query<{ total: number }>(count, values)).rows[0].total;
    return { entries: rows.map(rowOf), total };
  });
}

/** One entry, if it is there. */
export async function findAudit(pool: DatabasePool, auditId: number): Promise<AuditRow | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<AuditSql>(FIND, [auditId]));
  return rows[0] && rowOf(rows[0]);
}

function filtersOf(request: AuditRequest): readonly Filter[] {
  const equal = (column: string, value: string | number | undefined): Filter => [(p) => `${column} = ${p}`, value];
  const instant = (at: Micros | undefined): string | undefined => (at === undefined ? undefined : microsToSql(at));
  return [
    equal("dag_id", request.dagId),
    equal("task_id", request.taskId),
    equal("run_key", request.runKey),
    equal("map_index", request.mapIndex),
    equal("try_number", request.tryNumber),
    equal("event", request.event),
    [(p) => `event = any (${p}::text[])`, request.includedEvents],
    [(p) => `event <> all (${p}::text[])`, request.excludedEvents],
    [(p) => `by in (${p}, 'user:' || ${p})`, request.by],
    [(p) => `at < ${p}::timestamptz`, instant(request.before)],
    [(p) => `at > ${p}::timestamptz`, instant(request.after)],
  ];
}

function rowOf(row: AuditSql): AuditRow {
  return {
    auditId: row.audit_id,
    at: row.at,
    event: row.event,
    by: row.by,
    from: row.from_address,
    ...(row.dag_id !== null && { dagId: row.dag_id }),
    ...(row.run_key !== null && { runKey: row.run_key }),
    ...(row.task_id !== null && { taskId: row.task_id }),
    ...(row.map_index !== null && { mapIndex: row.map_index }),
    ...(row.try_number !== null && { tryNumber: row.try_number }),
    ...(row.logical_date !== null && { logicalDate: row.logical_date }),
    ...(row.extra !== null && { extra: row.extra }),
  };
}
