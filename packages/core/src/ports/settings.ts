import type { Connection } from "../dsl/connection.ts";
import type { Micros } from "../model/instant.ts";
import type { Page, PageRequest, PoolInfo, VariableInput } from "./queries.ts";

/** Which part of a list, in which order; for APIs that count from its start. */
export interface OrderedRequest<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** A part of a list, and how long all of it is. */
export interface CountedPart<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** What connections can be ordered by; `number` grows with each that is made. */
export type ConnectionOrder = "connectionId" | "type" | "description" | "host" | "port" | "number";

/** A connection of the database. */
export interface ConnectionRecord {
  readonly connectionId: string;
  readonly type: string;
  /** null = none was ever given. */
  readonly description: string | null;
  readonly updatedAt: Micros;
  /** Absent when it cannot be opened, for want of its key. */
  readonly connection?: Connection;
}

/** A connection to make or replace. */
export interface ConnectionWrite {
  readonly connection: Connection;
  readonly description: string | null;
}

/** Connections of the database with all they say; they are sealed there. */
export interface ConnectionStore {
  list(request: OrderedRequest<ConnectionOrder>): Promise<CountedPart<ConnectionRecord>>;
  /** By id. */
  page(request?: PageRequest): Promise<Page<ConnectionRecord>>;
  /** @throws MillraceError BAD_CONFIG when it cannot be opened */
  find(connectionId: string): Promise<ConnectionRecord | undefined>;
  /** @throws MillraceError CONFLICT when it is there already */
  create(write: ConnectionWrite): Promise<void>;
  /** @throws MillraceError NOT_FOUND */
  replace(write: ConnectionWrite): Promise<void>;
  /** @throws MillraceError NOT_FOUND */
  delete(connectionId: string): Promise<void>;
}

/** What variables can be ordered by; `number` grows with each that is made. */
export type VariableOrder = "key" | "value" | "number";

/** A variable of the database, in clear. */
export interface VariableRecord {
  readonly key: string;
  /** Absent when it is sealed and cannot be opened, for want of its key. */
  readonly value?: string;
  readonly secret: boolean;
  readonly description: string | null;
  readonly updatedAt: Micros;
}

/** A variable to make or replace. */
export type VariableWrite = Pick<VariableInput, "key" | "value" | "secret"> & { readonly description: string | null };

/** Variables of the database, in clear. */
export interface VariableStore {
  list(request: OrderedRequest<VariableOrder>): Promise<CountedPart<VariableRecord>>;
  /** By key. */
  page(request?: PageRequest): Promise<Page<VariableRecord>>;
  /** @throws MillraceError BAD_CONFIG when it cannot be opened */
  find(key: string): Promise<VariableRecord | undefined>;
  /** Makes or replaces it. */
  set(write: VariableWrite): Promise<void>;
  /** @throws MillraceError NOT_FOUND */
  delete(key: string): Promise<void>;
}

/** What pools can be ordered by; `number` grows with each that is made. */
export type PoolOrder = "pool" | "slots" | "number";

/** Slots that live task instances take, by the state that they are in. Counted from the instances at the moment (R6). */
export interface PoolUse {
  readonly scheduled: number;
  readonly queued: number;
  /** Also those that are being restarted. */
  readonly running: number;
  readonly deferred: number;
}

/** A pool as people set it, and how it is used. */
export interface PoolRecord extends Omit<PoolInfo, "description"> {
  readonly description: string | null;
  readonly use: PoolUse;
}

/** A pool to make or change. */
export type PoolWrite = Omit<PoolRecord, "use">;

/** Pools of the database. */
export interface PoolStore {
  list(request: OrderedRequest<PoolOrder>): Promise<CountedPart<PoolRecord>>;
  /** By name. */
  page(request?: PageRequest): Promise<Page<PoolRecord>>;
  find(pool: string): Promise<PoolRecord | undefined>;
  /** @throws MillraceError CONFLICT when it is there already, BAD_ARGUMENT for slots below -1 */
  create(write: PoolWrite): Promise<void>;
  /** Changes a pool, its name too. @throws MillraceError NOT_FOUND, CONFLICT when the new name is taken, BAD_ARGUMENT for slots below -1 */
  replace(pool: string, write: PoolWrite): Promise<void>;
  /** @throws MillraceError NOT_FOUND, CONFLICT for the default pool */
  delete(pool: string): Promise<void>;
}

/** What people set in the database, for APIs and pages. */
export interface SettingsStore {
  readonly connections: ConnectionStore;
  readonly variables: VariableStore;
  readonly pools: PoolStore;
}
