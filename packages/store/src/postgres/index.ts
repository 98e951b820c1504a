export { findBinaries, OLDEST_POSTGRES_MAJOR } from "./binaries.ts";
export type { BinariesFound, PostgresBinaries } from "./binaries.ts";
export { connectEmbedded } from "./connect-embedded.ts";
export type { EmbeddedConnection } from "./connect-embedded.ts";
export type { EmbeddedOptions } from "./join-server.ts";
export { startEmbeddedPostgres } from "./start-embedded-postgres.ts";
export type { EmbeddedPostgres } from "./start-embedded-postgres.ts";
