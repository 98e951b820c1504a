import { getSystem, listSchedulers, listWorkers, search } from "@millrace/api";
import { dagsFor, may } from "../access/caller.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { isAlive } from "./is-alive.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** What runs here, and what can be found by its name. */
export function systemOperations(
  { queries, own, now }: ServerPorts,
  { version }: Pick<ServerSettings, "version">,
): readonly ServedOperation[] {
  return [
    served(getSystem, async () => {
      const schedulers = await queries.listSchedulers();
      return { version, now: now(), isLive: schedulers.some((each) => isAlive(each, now())) };
    }),
    served(listSchedulers, async () => ({
      items: (await queries.listSchedulers()).map((each) => ({ ...each, isAlive: isAlive(each, now()) })),
    })),
    served(listWorkers, async () => ({ items: await own.store.listWorkers() })),
    served(search, async ({ caller, query: { limit = 10, ...query } }) => {
      const seen = dagsFor(caller, "can_read");
      const maySee = query.dagId === undefined || seen === "all" || seen.has(query.dagId);
      if (!maySee) return { dags: [], tasks: [], runs: [], assets: [] };
      const found = await own.store.find({ ...query, limit, ...(seen !== "all" && { dagIds: [...seen] }) });
      return {
        dags: found.dags,
        tasks: may(caller, ["can_read", "Task Instances"]) ? found.tasks : [],
        runs: may(caller, ["can_read", "DAG Runs"]) ? found.runs : [],
        assets: may(caller, ["can_read", "Datasets"]) ? found.assets : [],
      };
    }),
  ];
}
