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

/** What audit entries can be sorted by. Entries of the same value come by id. */
export type AuditOrder = "auditId" | "at" | "dagId" | "taskId" | "runKey" | "event" | "logicalDate" | "by" | "extra";

/** Which audit entries, in which order, and which part of them. All that is given must fit. */
export interface AuditRequest {
  readonly dagId?: string;
  readonly taskId?: string;
  readonly runKey?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly event?: string;
  /** Any of them. */
  readonly includedEvents?: readonly string[];
  /** None of them. */
  readonly excludedEvents?: readonly string[];
  /** The whole `by`, or the name of a user without its `user:`. */
  readonly by?: string;
  /** Exclusive. */
  readonly before?: Micros;
  /** Exclusive. */
  readonly after?: Micros;
  /** Default `auditId`. */
  readonly orderBy?: AuditOrder;
  readonly isDescending?: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Who did what, when, from where. */
export interface Audit {
  record(entry: AuditEntry): Promise<void>;
  /** A part of the entries, and how many there are in all. */
  list(request: AuditRequest): Promise<{ readonly entries: readonly AuditRow[]; readonly total: number }>;
  find(auditId: number): Promise<AuditRow | undefined>;
}
