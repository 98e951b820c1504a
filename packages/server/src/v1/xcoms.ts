import type { V1XCom, V1XComCollectionItem } from "@millrace/api";
import { decodeValue, findBlobKey, formatInstant, type ListedXCom, type StoredValue } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Handlers } from "./handlers.ts";
import { readPage } from "./paging.ts";
import { strPython } from "./python-text.ts";
import { ALL, pathDags } from "./run-filters.ts";

const NOT_MAPPED = -1;

/** XComs. */
export function xcomHandlers(
  { runLists, queries, blobs }: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, "get_xcom_entries" | "get_xcom_entry"> {
  return {
    get_xcom_entries: async ({ caller, params, query }) => {
      const dagIds = pathDags(caller, params.dag_id);
      const { items, total } = await runLists.listXComs(
        {
          ...(dagIds && { dagIds }),
          ...(params.dag_run_id !== ALL && { runKey: params.dag_run_id }),
          ...(params.task_id !== ALL && { taskId: params.task_id }),
          ...(query.map_index !== undefined && { mapIndex: query.map_index }),
          ...(query.xcom_key !== undefined && { key: query.xcom_key }),
        },
        readPage(query, maximumPageLimit),
      );
      return { xcom_entries: items.map(itemBody), total_entries: total };
    },
    get_xcom_entry: async ({ params, query }) => {
      const { dag_id: dagId, dag_run_id: runKey, task_id: taskId, xcom_key: key } = params;
      if (query.deserialize === true)
        throw new Problem(400, { detail: "XCom deserialization is disabled in configuration." });
      const { items } = await runLists.listXComs(
        { dagIds: [dagId], runKey, taskId, mapIndex: query.map_index ?? NOT_MAPPED, key },
        { limit: 1, offset: 0 },
      );
      const [entry] = items;
      const stored = entry && (await queries.findXCom(entry, key));
      if (!stored) throw new Problem(404, { title: "XCom entry not found" });
      const blobKey = findBlobKey(stored);
      const value = blobKey === undefined ? stored : (JSON.parse(await blobs.get(blobKey)) as StoredValue);
      return { ...itemBody(entry), value: query.stringify === false ? native(value) : strPython(decodeValue(value)) };
    },
  };
}

function itemBody({ dagId, logicalDate, key, mapIndex, taskId, at }: ListedXCom): V1XComCollectionItem {
  return {
    dag_id: dagId,
    execution_date: formatInstant(logicalDate),
    key,
    map_index: mapIndex,
    task_id: taskId,
    timestamp: formatInstant(at),
  };
}

/** What JSON cannot say is there as the text that it is stored as. */
function native({ json }: StoredValue): V1XCom["value"] {
  return JSON.parse(json) as V1XCom["value"];
}
