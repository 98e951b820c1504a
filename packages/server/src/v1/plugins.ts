import type { ServerSettings } from "../settings.ts";
import type { V1Handlers } from "./handlers.ts";
import { readPage } from "./paging.ts";

/** Airflow's plugins are Python: Millrace loads none, and what extends it is in providers. */
export function pluginHandlers({ maximumPageLimit }: ServerSettings): Pick<V1Handlers, "get_plugins"> {
  return {
    get_plugins: async ({ query }) => {
      readPage(query, maximumPageLimit);
      return { plugins: [], total_entries: 0 };
    },
  };
}
