import type { ConnectionTypes } from "@millrace/core";
import { openInstalledProviders } from "../system/installed-providers.ts";
import { makeProjectConnectionTypes } from "../system/project-connection-types.ts";
import type { CommandContext } from "./make-command.ts";

/** The types of connections of a command's project, or of its server. */
export async function knownConnectionTypes(context: CommandContext): Promise<Pick<ConnectionTypes, "list" | "find">> {
  if (!context.remote) return localConnectionTypes(context);
  // With it come the schemas of all operations: a project of this machine does without.
  const { remoteConnectionTypes } = await import("./remote/remote-connection-types.ts");
  return remoteConnectionTypes(context.remote);
}

/** The types of connections of a project of this machine, which can try connections. */
export function localConnectionTypes({ config }: Pick<CommandContext, "config">): ConnectionTypes {
  return makeProjectConnectionTypes(config, { by: "command", providers: openInstalledProviders(config) });
}
