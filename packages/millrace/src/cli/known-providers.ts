import type { InstalledProvider } from "@millrace/server";
import { openInstalledProviders } from "../system/installed-providers.ts";
import type { CommandContext } from "./make-command.ts";
import type { RemoteServer } from "./remote/remote-server.ts";

/** The provider packages of a command's project, or of its server. */
export async function knownProviders(context: CommandContext): Promise<readonly InstalledProvider[]> {
  return context.remote ? await askFor(context.remote) : await openInstalledProviders(context.config).list();
}

/** With it come the schemas of all operations: a project of this machine does without. */
async function askFor(remote: RemoteServer): Promise<readonly InstalledProvider[]> {
  const [{ listProviders }, { askServer }, { connectTo }] = await Promise.all([
    import("@millrace/api"),
    import("./remote/ask-server.ts"),
    import("./remote/connect-to.ts"),
  ]);
  return (await askServer(connectTo(remote), listProviders, {})).items;
}

/** What a provider is called in commands: its id, or what its package name says where it does not tell. */
export function providerIdOf({ packageName, provider }: InstalledProvider): string {
  return provider?.id ?? packageName.replace(/^(@millrace\/provider|millrace-provider)-/, "");
}
