import { setTimeout as sleep } from "node:timers/promises";
import { MillraceError } from "@millrace/core";
import { schemaVersion } from "@millrace/store";
import type { Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";
import { readCount } from "../read-count.ts";

const LOOK_MS = 500;

interface Options {
  readonly migrationWaitTimeout: string;
}

/** `millrace db check-migrations`: waits until the schema is the one of this program. */
export function makeDbCheckMigrations(shell: Shell): Command {
  return makeCommand("check-migrations", "wait until the database's schema is the one that this program needs")
    .option("-t, --migration-wait-timeout <seconds>", "wait at most so long; 0 looks once", "60")
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const seconds = readCount("--migration-wait-timeout", options.migrationWaitTimeout, [0, 86_400]);
        const endAt = performance.now() + seconds * 1_000;
        const version = await withPool(context, async (pool) => {
          for (;;) {
            const { database, program } = await pool.withClient(schemaVersion);
            if (database >= program) return { database, program };
            if (performance.now() + LOOK_MS > endAt) throw isOlder(database, program);
            await sleep(LOOK_MS);
          }
        });
        context.terminal.print(`the schema is at version ${version.database}, this program needs ${version.program}`);
      }),
    );
}

function isOlder(database: number, program: number): MillraceError {
  return new MillraceError("TIMEOUT", `the schema is at version ${database}, and this program needs ${program}`, {
    details: { database, program, hint: "Run `millrace db migrate`, or wait longer with -t." },
  });
}
