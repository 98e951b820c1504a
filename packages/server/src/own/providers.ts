import { listProviders } from "@millrace/api";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** The provider packages that are installed, with what they bring. */
export function providerOperations({ installation }: Pick<ServerPorts, "installation">): readonly ServedOperation[] {
  return [served(listProviders, async () => ({ items: [...(await installation.listProviders())] }))];
}
