export { backupDatabase, type BackupSink } from "./backup/backup-database.ts";
export type { BackupHeader } from "./backup/backup-format.ts";
export { hasRows, restoreDatabase, type BackupSource } from "./backup/restore-database.ts";
export {
  CLEAN_TABLES,
  countCleanable,
  findEndedBefore,
  removeOutsideEvents,
  removeParts,
  type CleanTable,
} from "./retention/clean.ts";
export { makeAudit } from "./make-audit.ts";
export { removeAuditBefore } from "./retention/remove-audit.ts";
export { makeRetentionStore } from "./retention/retention-store.ts";
export { readDatabaseSize, type DagSize, type TableSize } from "./maintenance/database-size.ts";
export { dropSchema } from "./migrations/drop-schema.ts";
export { checkSchema, migrate, schemaVersion, type MigrationResult } from "./migrations/migrate.ts";
export { openStore, type MillraceStore, type StoreOptions } from "./open-store.ts";
export { connectEmbedded, findDatabase, inspectEmbedded, openPool, startEmbeddedPostgres } from "./postgres/index.ts";
export { measureCommits, readClock, type ClockSample, type Timings } from "./queries/measure-database.ts";
export { tryPostgres } from "./postgres/try-postgres.ts";
export { addKey, dropOldKeys, openKeyRing } from "./key-file.ts";
export { reseal, type Resealed } from "./settings/reseal.ts";
export { probeNotifications } from "./queries/probe-notifications.ts";
export { readDatabaseSettings, type DatabaseSettings } from "./queries/read-database-settings.ts";
export { readOpenSnapshots, type OpenSnapshots, type OpenTransaction } from "./queries/read-open-snapshots.ts";
export { readPrivileges, type DatabasePrivileges } from "./queries/read-privileges.ts";
export { readTableHealth, type TableHealth } from "./queries/read-table-health.ts";
export {
  readOpenWork,
  readSchedulerHealth,
  readUnusablePools,
  type OpenWork,
  type SchedulerHealth,
  type UnusablePool,
} from "./queries/read-work-health.ts";
export type {
  DatabaseChoice,
  DatabaseConfig,
  DatabasePool,
  EmbeddedConnection,
  EmbeddedFolderFacts,
  EmbeddedOptions,
  EmbeddedPostgres,
  PoolOptions,
} from "./postgres/index.ts";
