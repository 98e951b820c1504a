import type { Connection } from "./connection.ts";
import { makeRef, type Ref } from "./handle.ts";

/** A variable as text. Read in the worker when the task starts; `fallback` is used when it does not exist, otherwise the try fails. */
export function variable(key: string, fallback?: string): Ref<string> {
  return makeRef({ kind: "variable", key, json: false, ...(fallback !== undefined && { fallback }) });
}

/** A variable whose text is JSON. The type is what you say it is; nothing checks it. */
export function jsonVariable<T = unknown>(key: string): Ref<T> {
  return makeRef({ kind: "variable", key, json: true });
}

/** A connection. Read in the worker when the task starts. */
export function connection(id: string): Ref<Connection> {
  return makeRef({ kind: "connection", id });
}

/** A Jinja text, rendered in the worker when the task starts: `template("orders_{{ ds_nodash }}")`. Undefined names are errors. */
export function template(text: string): Ref<string> {
  return makeRef({ kind: "template", text });
}

/** The element called `name` in `each` of the same mapped task, for options of an operator: `map("get", { each: { url } }, http({ url: item("url") }))`. */
export function item<T = string>(name: string): Ref<T> {
  return makeRef({ kind: "item", name });
}
