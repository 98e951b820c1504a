import { MillraceError, type PoolInfo } from "@millrace/core";
import { Option, type Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { poolRow } from "../output/pool-row.ts";
import { printRows } from "../output/print-rows.ts";

interface Options extends RowsOptions {
  readonly includeDeferred?: boolean;
  readonly order?: PoolInfo["order"];
}

type Args = [pool: string, slots: string, description: string | undefined];

/** `millrace pools set POOL SLOTS [DESCRIPTION]`: makes or changes a pool; what is not given stays as it is. */
export function makePoolsSet(shell: Shell): Command {
  return addRowsOptions(makeCommand("set", "make a pool, or change one; a running Millrace knows it at once"))
    .argument("<pool>")
    .argument("<slots>", "how many; -1 for no limit")
    .argument("[description]", "for people; default what it was")
    .option("--include-deferred", "deferred tasks take slots, too")
    .addOption(new Option("--no-include-deferred", "deferred tasks take none"))
    .addOption(
      new Option("--order <order>", "who goes first: DAGs take turns, or priority over all DAGs").choices([
        "fair",
        "priority",
      ]),
    )
    .action(
      action(shell, async (context, [name, slots, description]: Args, options: Options) => {
        const pool = await withDatabase(context, async ({ queries }) => {
          const before = (await queries.listPools()).find((each) => each.pool === name);
          const wanted: PoolInfo = {
            pool: name,
            slots: slotsOf(slots),
            description: description ?? before?.description ?? "",
            includeDeferred: options.includeDeferred ?? before?.includeDeferred ?? false,
            order: options.order ?? before?.order ?? "fair",
          };
          await queries.setPool(wanted);
          return wanted;
        });
        printRows(context.terminal, [poolRow(pool)], { ...options, empty: "" });
      }),
    );
}

function slotsOf(text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new MillraceError("BAD_ARGUMENT", `slots must be a whole number from 0, or -1 for no limit, not ${text}`);
}
