import type { Command } from "commander";
import { makeConnectionsAdd } from "./commands/connections-add.ts";
import { makeConnectionsDelete } from "./commands/connections-delete.ts";
import { makeConnectionsExport } from "./commands/connections-export.ts";
import { makeConnectionsGet } from "./commands/connections-get.ts";
import { makeConnectionsImport } from "./commands/connections-import.ts";
import { makeConnectionsList } from "./commands/connections-list.ts";
import { makeConnectionsTest } from "./commands/connections-test.ts";
import { makeConnectionsTypes } from "./commands/connections-types.ts";
import { makePoolsDelete } from "./commands/pools-delete.ts";
import { makePoolsExport } from "./commands/pools-export.ts";
import { makePoolsGet } from "./commands/pools-get.ts";
import { makePoolsImport } from "./commands/pools-import.ts";
import { makePoolsList } from "./commands/pools-list.ts";
import { makePoolsSet } from "./commands/pools-set.ts";
import { makeProvidersGet } from "./commands/providers-get.ts";
import { makeProvidersList } from "./commands/providers-list.ts";
import { makeVariablesDelete } from "./commands/variables-delete.ts";
import { makeVariablesExport } from "./commands/variables-export.ts";
import { makeVariablesGet } from "./commands/variables-get.ts";
import { makeVariablesImport } from "./commands/variables-import.ts";
import { makeVariablesList } from "./commands/variables-list.ts";
import { makeVariablesSet } from "./commands/variables-set.ts";
import { makeGroup, type Shell } from "./make-command.ts";

/** `millrace pools`, `variables` and `connections`, what people set in the database, and `providers`, of which their types come. */
export function makeSettingsGroups(shell: Shell): readonly Command[] {
  return [
    makeGroup("pools", "pools, which limit what runs at once", [
      makePoolsList(shell),
      makePoolsGet(shell),
      makePoolsSet(shell),
      makePoolsDelete(shell),
      makePoolsImport(shell),
      makePoolsExport(shell),
    ]).alias("pool"),
    makeGroup("variables", "variables of the database", [
      makeVariablesList(shell),
      makeVariablesGet(shell),
      makeVariablesSet(shell),
      makeVariablesDelete(shell),
      makeVariablesImport(shell),
      makeVariablesExport(shell),
    ]).alias("variable"),
    makeGroup("connections", "connections of the database", [
      makeConnectionsList(shell),
      makeConnectionsGet(shell),
      makeConnectionsAdd(shell),
      makeConnectionsDelete(shell),
      makeConnectionsTest(shell),
      makeConnectionsTypes(shell),
      makeConnectionsImport(shell),
      makeConnectionsExport(shell),
    ]).alias("connection"),
    makeGroup("providers", "packages that bring operators and types of connections", [
      makeProvidersList(shell),
      makeProvidersGet(shell),
    ]).alias("provider"),
  ];
}
