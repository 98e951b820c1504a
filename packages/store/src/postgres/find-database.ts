import { join } from "node:path";
import { MillraceError } from "@millrace/core";
import { findBinaries } from "./binaries.ts";
import type { PostgresBinaries } from "./binaries.ts";

/** Where the database is to come from. */
export interface DatabaseConfig {
  /** A PostgreSQL >= 14 of your own; goes before everything else. */
  readonly url?: string;
  /** The folder of the embedded database, used when there is no `url`. */
  readonly folder: string;
}

/** The database that was chosen. Nothing is started or connected yet. */
export type DatabaseChoice =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "embedded"; readonly folder: string; readonly binaries: PostgresBinaries };

/**
 * Chooses the database: the URL when one is given; else an embedded server with the programs of the optional package; else one with a PostgreSQL >= 14
 * of this machine.
 *
 * @throws MillraceError NO_DATABASE with all that was tried; BAD_CONFIG when the URL is none of PostgreSQL.
 */
export async function findDatabase(config: DatabaseConfig): Promise<DatabaseChoice> {
  if (config.url !== undefined && config.url !== "") {
    if (!/^postgres(ql)?:\/\//.test(config.url)) {
      throw new MillraceError(
        "BAD_CONFIG",
        'the database URL must begin with "postgresql://", as in postgresql://user:password@host:5432/millrace.',
      );
    }
    return { kind: "url", url: config.url };
  }
  const search = await findBinaries({ linkFolder: join(config.folder, "lib") });
  if (search.found) return { kind: "embedded", folder: config.folder, binaries: search.binaries };
  throw new MillraceError(
    "NO_DATABASE",
    `there is no database: no database URL is configured; ${search.misses.join("; ")}. ` +
      "Name a server with a database URL, or install PostgreSQL 14 or newer.",
    { details: { tried: ["database URL", ...search.misses] } },
  );
}
