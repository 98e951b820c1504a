import type { ConnectionTypes } from "@millrace/core";
import { openInstalledProviders } from "../system/installed-providers.ts";
import { makeProjectConnectionTypes } from "../system/project-connection-types.ts";
import type { CommandContext } from "./make-command.ts";

/** The types of connections of a command's project. */
export function knownConnectionTypes({ config }: CommandContext): ConnectionTypes {
  return makeProjectConnectionTypes(config, { by: "command", providers: openInstalledProviders(config) });
}
