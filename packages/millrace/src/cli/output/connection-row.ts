import { maskExtra, maskHost, type Connection } from "@millrace/core";
import type { SecretsPlace } from "../../system/secrets/make-secrets.ts";
import type { Cell, Row } from "./print-rows.ts";

/** A connection as it is shown: its password, and what in its extra is named like a secret, as `***`. */
export function connectionRow(connection: Connection, source: SecretsPlace): Row {
  const { id, type, description, host, port, login, password, schema, extra } = connection;
  return {
    conn_id: id,
    conn_type: type,
    description: description ?? null,
    host: host === undefined ? null : maskHost(host),
    port: port ?? null,
    login: login ?? null,
    password: password === undefined ? null : "***",
    schema: schema ?? null,
    extra: maskExtra(extra) as Cell,
    source,
  };
}
