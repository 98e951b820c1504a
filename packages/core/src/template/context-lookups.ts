import type { Connection } from "../dsl/connection.ts";
import { isSecret, type Secret } from "../values/secret.ts";
import { ArgReader } from "./call-args.ts";
import { Budget } from "./budget.ts";
import { fromJs } from "./from-js.ts";
import { fn } from "./macros.ts";
import { jsonText } from "./print-value.ts";
import { RETURN_VALUE, type ReferencedXCom } from "./referenced-names.ts";
import { templateFault } from "./template-fault.ts";
import {
  callable,
  itemsOf,
  namespace,
  typeName,
  type Callable,
  type Missing,
  type Namespace,
  type Value,
} from "./template-value.ts";

const PULL_ARGUMENTS = ["task_ids", "dag_id", "key", "include_prior_dates", "map_indexes", "default"];

/** `var.value` or `var.json`: a namespace whose names are variables. */
export function variables(find: (key: string) => string | Secret | undefined, form: "value" | "json"): Namespace {
  const read = (key: string): Value | undefined => {
    const stored = find(key);
    if (stored === undefined) return undefined;
    const text = isSecret(stored) ? stored.reveal() : stored;
    return form === "value" ? text : parseVariable(key, text);
  };
  return lookup(`var.${form}`, "variable", read);
}

/** `conn`: a namespace whose names are connections. */
export function connections(find: (id: string) => Connection | undefined): Namespace {
  return lookup("conn", "connection", (id) => {
    const found = find(id);
    return found === undefined ? undefined : connection(found);
  });
}

/** A value of another task, `undefined` when it has none. Without an index: of a mapped task the list of all. */
export type XComLookup = (wanted: ReferencedXCom) => unknown;

/**
 * `ti.xcom_pull(task_ids, dag_id, key, include_prior_dates, map_indexes, default)`: one value, or a list for a list of ids or of indexes; the default, else None,
 * where there is none.
 */
export function xcomPull(find: XComLookup | undefined): Callable {
  return callable("xcom_pull", (args) => {
    const read = new ArgReader("xcom_pull", args, PULL_ARGUMENTS);
    if (find === undefined) throw templateFault("xcom_pull() cannot be used here; take the result as input instead");
    const dagId = (read.find("dag_id") ?? null) === null ? undefined : read.text("dag_id");
    const from = {
      key: read.text("key", RETURN_VALUE),
      ...(dagId !== undefined && { dagId }),
      ...(read.flag("include_prior_dates", false) && { includePriorDates: true as const }),
    };
    const one = (taskId: string, mapIndex?: number): Value => {
      const found = find({ taskId, ...from, ...(mapIndex !== undefined && { mapIndex }) });
      return found === undefined ? (read.find("default") ?? null) : fromJs(found, `the result of ${taskId}`);
    };
    const indexes = read.find("map_indexes") ?? null;
    const pull = (taskId: Value): Value => {
      if (typeof taskId !== "string") throw templateFault(`a task id is text, not a ${typeName(taskId)}`);
      if (indexes === null) return one(taskId);
      const list = itemsOf(indexes);
      return list === undefined ? one(taskId, wholeOf(indexes)) : list.map((index) => one(taskId, wholeOf(index)));
    };
    const ids = read.get("task_ids");
    return itemsOf(ids)?.map(pull) ?? pull(ids);
  });
}

function wholeOf(index: Value): number {
  if (typeof index === "number" && Number.isInteger(index)) return index;
  throw templateFault(`a map index is a whole number, not a ${typeName(index)}`);
}

function lookup(name: string, what: string, find: (key: string) => Value | undefined): Namespace {
  const missing = (key: string): Missing => ({
    kind: "missing",
    name: `${name}.${key}`,
    at: undefined,
    fault: `there is no ${what} "${key}", or its name is computed; write ${name}.${key} in full and set the ${what}`,
  });
  const present = (key: string): Value | Missing => {
    const found = find(key);
    return found === undefined ? missing(key) : found;
  };
  const get = fn("get", ["key", "default"], (read) => {
    const key = read.text("key");
    const found = find(key);
    const value = found === undefined ? read.find("default") : found;
    if (value === undefined) throw templateFault(missing(key).fault, { name: `${name}.${key}` });
    return value;
  });
  return { kind: "namespace", name, names: () => ["get"], find: (key) => (key === "get" ? get : present(key)) };
}

function parseVariable(key: string, text: string): Value {
  try {
    return fromJs(JSON.parse(text), `variable ${key}`);
  } catch {
    // The parser's own message quotes the text, which may be a secret.
    throw templateFault(`the variable "${key}" is not JSON`, { name: `var.json.${key}` });
  }
}

function connection(found: Connection): Namespace {
  const extra = (): Value => fromJs(found.extra, `conn.${found.id}.extra`);
  const password = found.password?.reveal() ?? null;
  return namespace("connection", {
    conn_id: found.id,
    conn_type: found.type,
    description: found.description ?? null,
    host: found.host ?? null,
    port: found.port ?? null,
    login: found.login ?? null,
    password,
    schema: found.schema ?? null,
    extra: () => jsonText(extra(), new Budget()),
    extra_dejson: extra,
    get_uri: fn("get_uri", [], () => uriOf(found, password)),
  });
}

function uriOf({ type, login, host, port, schema }: Connection, password: string | null): string {
  const part = (text: string): string => encodeURIComponent(text.toWellFormed());
  const user =
    login === undefined && password === null
      ? ""
      : `${part(login ?? "")}${password === null ? "" : `:${part(password)}`}@`;
  return `${type.replaceAll("_", "-")}://${user}${part(host ?? "")}${port === undefined ? "" : `:${port}`}${schema === undefined ? "" : `/${part(schema)}`}`;
}
