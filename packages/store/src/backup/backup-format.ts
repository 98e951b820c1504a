import type { AppliedMigration } from "../migrations/migrate.ts";

/** What a backup begins with: how it is to be read. */
export interface BackupHeader {
  readonly format: "millrace-backup";
  readonly formatVersion: 1;
  /** By the database's clock, as PostgreSQL writes instants. */
  readonly madeAt: string;
  readonly postgres: string;
  /** The schema that the rows are for. */
  readonly migrations: readonly AppliedMigration[];
  /** In the order in which they can be filled. */
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** Last values; null = never used. */
  readonly sequences: readonly { readonly name: string; readonly lastValue: string | null }[];
  /** Of the tables that are divided: `for values from … to …`, and how they are stored. */
  readonly partitions: readonly {
    readonly name: string;
    readonly parent: string;
    readonly bound: string;
    readonly options: readonly string[];
  }[];
}

/** What each database has of its own. */
export const NOT_COPIED: readonly string[] = [
  "migration",
  "dag_processor",
  "retention_round",
  "change_feed",
  "change_feed_start",
  "change_reader",
];

/** A name of a table or column, for statements that take no parameters. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
