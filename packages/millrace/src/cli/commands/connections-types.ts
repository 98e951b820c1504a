import { MillraceError, type ConnectionType } from "@millrace/core";
import type { Command } from "commander";
import { didYouMean } from "../../near-names.ts";
import { knownConnectionTypes } from "../known-connection-types.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { connectionTypeFields } from "../output/connection-type-fields.ts";
import { printRows, type Row } from "../output/print-rows.ts";

/** `millrace connections types [TYPE]`: the types of connections, or the fields of one. */
export function makeConnectionsTypes(shell: Shell): Command {
  return addRowsOptions(makeCommand("types", "list the types of connections, or the fields of one"))
    .argument("[type]")
    .action(
      action(shell, async (context, [name]: [string | undefined], options: RowsOptions) => {
        const types = await knownConnectionTypes(context);
        const rows =
          name === undefined
            ? (await types.list()).map(typeRow)
            : connectionTypeFields(requireType(await types.find(name), name, await types.list()));
        printRows(context.terminal, rows, { ...options, empty: "" });
      }),
    );
}

function requireType(found: ConnectionType | undefined, name: string, all: readonly ConnectionType[]): ConnectionType {
  if (found) return found;
  const near = didYouMean(
    name,
    all.map(({ type }) => type),
  );
  throw new MillraceError(
    "NOT_FOUND",
    `there is no type ${JSON.stringify(name)}: connections of it may have any field`,
    {
      details: { ...(near !== undefined && { hint: near }) },
    },
  );
}

function typeRow({ type, label, aliases = [], form }: ConnectionType): Row {
  const { required = [] } = form as { readonly required?: readonly string[] };
  return { conn_type: type, label, also: aliases.join(", "), needs: required.join(", ") };
}
