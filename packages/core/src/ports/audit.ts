import type { Micros } from "../model/instant.ts";

/** Something that a person or a program did. */
export interface AuditEntry {
  /** What: `api.post_dag_run`, `cli.dags.pause`, `login`. */
  readonly event: string;
  /** Who: `user:ada`, `token:deploy`, `webhook:orders`. */
  readonly by: string;
  /** From where: a network address, or the name of a host for the command line. */
  readonly from: string;
  readonly dagId?: string;
  readonly runKey?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly logicalDate?: Micros;
  /** JSON text with its secrets masked. */
  readonly extra?: string;
}

/** An entry as it is kept. */
export interface AuditRow extends AuditEntry {
  readonly auditId: number;
  readonly at: Micros;
}

/** Who did what, when, from where. */
export interface Audit {
  record(entry: AuditEntry): Promise<void>;
}
