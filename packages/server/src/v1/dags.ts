import type { ListedDag } from "@millrace/core";
import { auditName } from "../access/audit-name.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { DAG_DETAIL_FIELDS, DAG_FIELDS, dagBody, dagDetailBody } from "./dag-body.ts";
import { dagFilterOf } from "./dag-filter.ts";
import { deleteDag } from "./delete-dag.ts";
import { readFields } from "./fields.ts";
import type { V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";

/** DAGs: lists, details, delete. */
export function dagHandlers(
  ports: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, "get_dags" | "get_dag" | "get_dag_details" | "delete_dag"> {
  const { dagLists, queries, signer } = ports;
  const body = (dag: ListedDag) => dagBody(dag, signer);
  return {
    get_dags: async ({ caller, query }) => {
      const pick = readFields(query.fields, {
        known: DAG_FIELDS,
        schema: "DAGCollectionSchema",
        title: "DAGCollectionSchema init error",
      });
      const order = readOrder(query.order_by, ["dag_id"], "dag_id");
      const { items, total } = await dagLists.listDags({
        ...dagFilterOf(query, dagIdsFor(caller, "can_read")),
        ...(query.dag_id_pattern !== undefined && { idPart: query.dag_id_pattern }),
        ...(query.paused !== undefined && { paused: query.paused }),
        descending: order.descending,
        ...readPage(query, maximumPageLimit),
      });
      return { dags: items.map((dag) => pick(body(dag))), total_entries: total };
    },
    get_dag: async ({ params, query }) => {
      const pick = readFields(query.fields, { known: DAG_FIELDS, schema: "DAGSchema", title: "DAGSchema init error" });
      const dag = await dagLists.findDag(params.dag_id);
      if (!dag) throw notFound(params.dag_id);
      return pick(body(dag));
    },
    get_dag_details: async ({ params, query }) => {
      const pick = readFields(query.fields, {
        known: DAG_DETAIL_FIELDS,
        schema: "DAGDetailSchema",
        title: "DAGDetailSchema init error",
      });
      const [listed, dag] = await Promise.all([dagLists.findDag(params.dag_id), queries.findDag(params.dag_id)]);
      if (!listed || !dag) throw notFound(params.dag_id);
      return pick(dagDetailBody(listed, dag.graph, signer));
    },
    delete_dag: async ({ caller, params }) => {
      await deleteDag(params.dag_id, { ports, by: auditName(caller) });
      return undefined;
    },
  };
}

function notFound(dagId: string): Problem {
  return new Problem(404, { title: "DAG not found", detail: `The DAG with dag_id: ${dagId} was not found` });
}
