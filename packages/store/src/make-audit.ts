import type { Audit } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { findAudit, listAudit } from "./queries/list-audit.ts";
import { recordAudit } from "./queries/record-audit.ts";

/** The audit of a database. */
export function makeAudit(pool: DatabasePool): Audit {
  return {
    record: (entry) => recordAudit(pool, entry),
    list: (request) => listAudit(pool, request),
    find: (auditId) => findAudit(pool, auditId),
  };
}
