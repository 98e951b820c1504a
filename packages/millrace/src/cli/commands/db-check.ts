import { setTimeout as sleep } from "node:timers/promises";
import { isMillraceError } from "@millrace/core";
import type { Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";
import { readCount } from "../read-count.ts";

interface Options {
  readonly retry: string;
  readonly retryDelay: string;
}

/** `millrace db check`: exit code 0 when the database answers, 3 when it does not. */
export function makeDbCheck(shell: Shell): Command {
  return makeCommand("check", "see whether the database can be reached; exit code 3 when not")
    .option("--retry <count>", "try so many times again", "0")
    .option("--retry-delay <seconds>", "wait so long before trying again", "1")
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const tries = readCount("--retry", options.retry, [0, 1_000]) + 1;
        const delay = readCount("--retry-delay", options.retryDelay, [0, 3_600]);
        for (let tried = 1; ; tried += 1) {
          try {
            const { name, version } = await withPool(context, (pool, database) =>
              Promise.resolve({ name: database.name, version: pool.serverVersion }),
            );
            const [major, minor] = [Math.floor(version / 10_000), version % 10_000];
            context.terminal.print(`the database can be reached: ${name}, PostgreSQL ${major}.${minor}`);
            return;
          } catch (error) {
            if (tried === tries || !isMillraceError(error) || error.code !== "NO_DATABASE") throw error;
            context.terminal.say(`${error.message} Trying again in ${delay} s (${tried} of ${tries - 1}).`);
            await sleep(delay * 1_000);
          }
        }
      }),
    );
}
