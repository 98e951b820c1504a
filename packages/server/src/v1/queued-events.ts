import type { QueuedAsset, QueuedAssetsRequest } from "@millrace/core";
import { dagsFor, type Caller } from "../access/caller.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { given } from "./given.ts";
import type { V1Answer, V1Handlers } from "./handlers.ts";
import { isoOrNull, readInstant } from "./instants.ts";

type QueuedEventId =
  | "get_dag_dataset_queued_event"
  | "get_dag_dataset_queued_events"
  | "get_dataset_queued_events"
  | "delete_dag_dataset_queued_event"
  | "delete_dag_dataset_queued_events"
  | "delete_dataset_queued_events";

interface Asked {
  readonly caller: Caller;
  readonly params: { readonly dag_id?: string; readonly uri?: string };
  readonly query: { readonly before?: string };
}

/** Updates of assets that DAGs have not used yet: one for each DAG and asset, however many updates wait. */
export function queuedEventHandlers({ assets }: ServerPorts): Pick<V1Handlers, QueuedEventId> {
  const list = async (asked: Asked): Promise<readonly QueuedAsset[]> => {
    const found = await assets.listQueued(requestOf(asked));
    if (found.length === 0) throw notFound(asked);
    return found;
  };
  const remove = async (asked: Asked): Promise<undefined> => {
    if ((await assets.deleteQueued(requestOf(asked))) === 0) throw notFound(asked);
  };
  const all = async (asked: Asked): Promise<V1Answer<"get_dataset_queued_events">> => {
    const events = (await list(asked)).map(queuedEvent);
    // Airflow's contract calls the list `datasets`, and its server sends `queued_events`: clients of either find it.
    return { datasets: events, total_entries: events.length, ...{ queued_events: events } };
  };
  return {
    get_dag_dataset_queued_event: async (call) => {
      const [first] = await list(call);
      if (first === undefined) throw notFound(call);
      return queuedEvent(first);
    },
    get_dag_dataset_queued_events: all,
    get_dataset_queued_events: all,
    delete_dag_dataset_queued_event: remove,
    delete_dag_dataset_queued_events: remove,
    delete_dataset_queued_events: remove,
  };
}

function requestOf({ caller, params: { dag_id: dagId, uri }, query: { before } }: Asked): QueuedAssetsRequest {
  const readable = dagsFor(caller, "can_read");
  return {
    ...given("dagId", dagId),
    ...given("uri", uri),
    ...given("before", before === undefined ? undefined : readInstant(before)),
    ...given("dagIds", readable === "all" ? undefined : [...readable]),
  };
}

function notFound({ params: { dag_id: dagId, uri } }: Asked): Problem {
  const names = [
    ...(dagId === undefined ? [] : [`dag_id: \`${dagId}\``]),
    ...(uri === undefined ? [] : [`dataset uri: \`${uri}\``]),
  ];
  return new Problem(404, {
    title: "Queue event not found",
    detail: `Queue event with ${names.join(" and ")} was not found`,
  });
}

function queuedEvent({ dagId, uri, queuedAt }: QueuedAsset): V1Answer<"get_dag_dataset_queued_event"> {
  return { created_at: isoOrNull(queuedAt) ?? "", dag_id: dagId, uri };
}
