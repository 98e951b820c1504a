import { MillraceError, type PoolInfo } from "@millrace/core";
import type { Command } from "commander";
import { countOf } from "../export-file.ts";
import { IMPORT_FORMATS, readImport } from "../import-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

/** `millrace pools import FILE`: makes or replaces the pools of a file. Nothing is written when one of them does not fit. */
export function makePoolsImport(shell: Shell): Command {
  return makeCommand("import", "make or replace the pools that a file names")
    .argument("<file>", `${IMPORT_FORMATS.replace(" or lines NAME=value (.env)", "")}; - for standard input`)
    .action(
      action(shell, async (context, [file]: [string]) => {
        const pools = [...(await readImport(context.terminal, file))].map(([name, value]) => poolOf(name, value));
        await withDatabase(context, async ({ queries }) => {
          for (const pool of pools) await queries.setPool(pool);
        });
        context.terminal.say(`${countOf(pools.length, "pool")} imported from ${file}`);
      }),
    );
}

function poolOf(pool: string, value: unknown): PoolInfo {
  const unfit = (what: string): never => {
    throw new MillraceError("BAD_ARGUMENT", `the pool ${pool}: ${what}`, {
      details: {
        hint: 'Write it like {"heavy": {"slots": 4, "description": "", "include_deferred": false}}. Nothing was imported.',
      },
    });
  };
  if (value === null || typeof value !== "object" || Array.isArray(value)) return unfit("it must be an object");
  const {
    slots,
    description = "",
    include_deferred: includeDeferred = false,
    order = "fair",
    ...rest
  } = value as Record<string, unknown>;
  const [other] = Object.keys(rest);
  if (other !== undefined) return unfit(`it has no property "${other}"`);
  if (typeof slots !== "number" || !Number.isInteger(slots) || slots < -1)
    return unfit("slots must be a whole number from 0, or -1 for no limit");
  if (typeof description !== "string") return unfit("description must be a text");
  if (typeof includeDeferred !== "boolean") return unfit("include_deferred must be true or false");
  if (order !== "fair" && order !== "priority") return unfit('order must be "fair" or "priority"');
  return { pool, slots, description, includeDeferred, order };
}
