import type { InstalledProvider } from "@millrace/server";
import type { Command } from "commander";
import { knownProviders, providerIdOf } from "../known-providers.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { printRows, type Row } from "../output/print-rows.ts";

/** `millrace providers list`: the provider packages that DAG files can import. */
export function makeProvidersList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list the provider packages that DAG files can import")).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const found = await knownProviders(context);
      printRows(context.terminal, found.map(rowOf), { ...options, empty: "No provider package is installed." });
      for (const { packageName, fault } of found)
        if (fault !== undefined) context.terminal.say(`${packageName} cannot be read: ${fault}`);
    }),
  );
}

function rowOf(found: InstalledProvider): Row {
  const { packageName, version, description, provider } = found;
  return {
    provider: providerIdOf(found),
    package_name: packageName,
    version,
    connection_types: (provider?.connectionTypes ?? []).map(({ type }) => type),
    operators: provider?.operators.length ?? 0,
    description,
  };
}
