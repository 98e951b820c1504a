import { MillraceError } from "@millrace/core";
import { addKey, dropOldKeys, openKeyRing, reseal } from "@millrace/store";
import type { Command } from "commander";
import { countOf } from "../export-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";

interface Options {
  readonly newKey?: true;
  readonly dropOldKeys?: true;
}

/** `millrace db rotate-keys`, Airflow's `rotate-fernet-key`: seals all connections and secret variables anew, with the first key, while everything runs. */
export function makeDbRotateKeys(shell: Shell, name: "rotate-keys" | "rotate-fernet-key"): Command {
  return makeCommand(
    name,
    "seal all connections and secret variables anew with the first key, while Millrace runs; goes on where a stopped one was",
  )
    .option("--new-key", "put a new random key first into secret.key of the data folder before")
    .option("--drop-old-keys", "leave only the first key in secret.key afterwards; backups from before need the others")
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const { config, terminal } = context;
        const { dataFolder } = config.core;
        const { secretKeys } = config.security;
        if (options.newKey && secretKeys.length > 0)
          throw new MillraceError("BAD_ARGUMENT", "--new-key: security.secretKeys comes before secret.key", {
            details: { hint: "Put the new key first into security.secretKeys, start Millrace anew, then rotate." },
          });
        await withPool(context, async (pool) => {
          if (options.newKey) {
            await openKeyRing({ dataFolder });
            await addKey(dataFolder);
            terminal.say("a new key is the first of secret.key");
          }
          const keys = await openKeyRing({ dataFolder, secretKeys });
          const done = await reseal(pool, keys, {
            onProgress: ({ connections, variables }) => terminal.status(`${connections + variables} sealed anew`),
          });
          terminal.status("");
          const { connections, variables } = done;
          terminal.say(`sealed anew: ${countOf(connections, "connection")}, ${countOf(variables, "variable")}`);
          if (!options.dropOldKeys) return;
          const dropped = await dropOldKeys(dataFolder);
          terminal.say(`${countOf(dropped, "old key")} dropped from secret.key`);
        });
      }),
    );
}
