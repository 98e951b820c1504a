export { readDatabaseSize, type DagSize, type TableSize } from "./maintenance/database-size.ts";
export { dropSchema } from "./migrations/drop-schema.ts";
export { checkSchema, migrate, schemaVersion, type MigrationResult } from "./migrations/migrate.ts";
export { openStore, type MillraceStore, type StoreOptions } from "./open-store.ts";
export { connectEmbedded, findDatabase, openPool, startEmbeddedPostgres } from "./postgres/index.ts";
export type {
  DatabaseChoice,
  DatabaseConfig,
  DatabasePool,
  EmbeddedConnection,
  EmbeddedOptions,
  EmbeddedPostgres,
  PoolOptions,
} from "./postgres/index.ts";
