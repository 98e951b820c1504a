import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMillraceError } from "@millrace/core";
import { openPool, schemaVersion, type DatabasePool } from "@millrace/store";
import type { Config } from "../config.ts";
import { openDatabase } from "../system/open-database.ts";
import { showMs } from "./percentile.ts";
import { bad, skipped, type Verdict } from "./verdict.ts";

/** Starting the embedded server after a crash takes longer than a look. */
const OPEN_LIMIT_MS = 20_000;
const CLOSE_LIMIT_MS = 10_000;
/** One that listens, one that notifies, and the one that is reserved for commits. */
const CONNECTIONS = 3;

/** A database that can be used, or why not. */
export type Opened =
  | {
      readonly kind: "open";
      readonly pool: DatabasePool;
      readonly name: string;
      /** The schema is that of this program. */
      readonly hasSchema: boolean;
    }
  | { readonly kind: "shut"; readonly verdict: Verdict };

/** A database that is opened when somebody asks for it. */
export interface DatabaseOnce {
  /** The first one who asks hears why it cannot be opened; others, that they were skipped for it. */
  open(config: Config): Promise<Opened>;
  /** @returns false when that took too long, or something is still being opened. */
  close(): Promise<boolean>;
}

type Open = Extract<Opened, { readonly kind: "open" }> & { readonly close: () => Promise<void> };

/** Opens nothing yet. */
export function openOnce(): DatabaseOnce {
  let opening: Promise<Open> | undefined;
  let outcome: Opened | undefined;
  return {
    async open(config) {
      if (outcome) return outcome;
      if (config.database.url === undefined && !existsSync(join(config.core.dataFolder, "postgres", "cluster"))) {
        // Looking must not make a database.
        outcome = { kind: "shut", verdict: skipped("there is no database yet: `millrace start` makes it") };
        return outcome;
      }
      opening = openNow(config);
      try {
        outcome = await limited(opening, OPEN_LIMIT_MS);
        return outcome;
      } catch (error) {
        outcome = { kind: "shut", verdict: skipped("the database cannot be used: see above") };
        return { kind: "shut", verdict: verdictOf(error) };
      }
    },
    async close() {
      if (opening === undefined) return true;
      try {
        await limited(
          opening.then(
            ({ close }) => close(),
            () => undefined,
          ),
          CLOSE_LIMIT_MS,
        );
        return true;
      } catch {
        // Late, or it broke: nothing of it is wanted any more.
        return false;
      }
    },
  };
}

async function openNow(config: Config): Promise<Open> {
  const database = await openDatabase(config, "command");
  try {
    const pool = await openPool({ url: database.url, max: CONNECTIONS, applicationName: "millrace doctor" });
    try {
      const { database: found, program } = await pool.withClient(schemaVersion);
      const close = async (): Promise<void> => {
        await pool.close();
        await database.close();
      };
      return { kind: "open", pool, name: database.name, hasSchema: found === program, close };
    } catch (error) {
      await pool.close();
      throw error;
    }
  } catch (error) {
    await database.close();
    throw error;
  }
}

function verdictOf(error: unknown): Verdict {
  const hint = isMillraceError(error) ? error.details.hint : undefined;
  return bad(
    error instanceof Error ? error.message : String(error),
    typeof hint === "string"
      ? hint
      : "Start the server, or correct database.url; of the embedded one postgres/postgres.log in the data folder says more.",
  );
}

async function limited<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the database did not open or close within ${showMs(limitMs)}`)),
      limitMs,
    );
  });
  return await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
