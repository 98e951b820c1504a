import { V1_OPERATIONS, type V1Id } from "@millrace/api";
import type { Route } from "../http/route.ts";
import type { V1Handlers } from "./handlers.ts";
import { makeV1Reader } from "./read-v1-input.ts";

/** Where API v1 is served. */
const V1_ROOT = "/api/v1";
/** Where Airflow's own login manager serves users and roles. */
const FAB_ROOT = "/auth/fab/v1";

/** Reading in the form of a POST: nothing to audit. */
const READING_POSTS: ReadonlySet<V1Id> = new Set(["get_dag_runs_batch", "get_task_instances_batch"]);

/** Names of Airflow's audit events that are not `api.<operation>`. */
const EVENTS: Partial<Record<V1Id, string>> = {
  post_connection: "api.connection.create",
  patch_connection: "api.connection.edit",
  delete_connection: "api.connection.delete",
  post_variables: "api.variable.create",
  patch_variable: "api.variable.edit",
  delete_variable: "api.variable.delete",
};

/** The routes of API v1. */
export function v1Routes(handlers: V1Handlers): readonly Route[] {
  const readerOf = makeV1Reader();
  return V1_OPERATIONS.flatMap((operation) => {
    const { id, method, path, access, status } = operation;
    const isAudited = method !== "GET" && !READING_POSTS.has(id);
    const url = path.replaceAll(/\{(\w+)\}/g, ":$1");
    const roots = /^\/(users|roles|permissions)\b/.test(path) ? [V1_ROOT, FAB_ROOT] : [V1_ROOT];
    const route = {
      id,
      method,
      access,
      status,
      readInput: readerOf(operation),
      // The reader checked the input against the very schema that the handler's types are made from.
      handle: handlers[id] as unknown as Route["handle"],
      ...(isAudited && { auditEvent: EVENTS[id] ?? `api.${id}` }),
      ...(path.includes("{dag_id}") && { dagParam: "dag_id" }),
    };
    return roots.map((root) => ({ ...route, url: root + url }));
  });
}
