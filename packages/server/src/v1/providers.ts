import type { ServerPorts } from "../ports.ts";
import type { V1Handlers } from "./handlers.ts";

/** The provider packages that are installed. */
export function providerHandlers({ installation }: ServerPorts): Pick<V1Handlers, "get_providers"> {
  return {
    get_providers: async () => {
      const providers = await installation.listProviders();
      return {
        providers: providers.map(({ packageName, version, description }) => ({
          package_name: packageName,
          description,
          version,
        })),
        total_entries: providers.length,
      };
    },
  };
}
