import { isSecretName, type Connection } from "@millrace/core";
import type { Cell, Row } from "./print-rows.ts";

/** A connection as it is shown: its password, and what in its extra is named like a secret, as `***`. */
export function connectionRow(connection: Connection, source: "environment" | "database"): Row {
  const { id, type, description, host, port, login, password, schema, extra } = connection;
  return {
    conn_id: id,
    conn_type: type,
    description: description ?? null,
    host: host ?? null,
    port: port ?? null,
    login: login ?? null,
    password: password === undefined ? null : "***",
    schema: schema ?? null,
    extra: masked(extra) as Cell,
    source,
  };
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecretName(name) ? "***" : masked(inner)]),
  );
}
