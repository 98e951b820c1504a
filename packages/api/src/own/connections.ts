import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant, opaque } from "../wire.ts";

const id = Type.String({ minLength: 1, maxLength: 200, pattern: "^[A-Za-z0-9_.-]+$" });
const one = Type.Object({ connectionId: id });
const typeName = Type.String({ minLength: 1, maxLength: 100 });
const description = Type.Union([Type.String({ maxLength: 5_000 }), Type.Null()]);
const extra = Type.Record(Type.String(), Type.Unknown());

const connection = Type.Object({
  connectionId: Type.String(),
  type: Type.String(),
  description,
  host: Type.Optional(Type.String()),
  port: Type.Optional(Type.Integer()),
  login: Type.Optional(Type.String()),
  schema: Type.Optional(Type.String()),
  extra: opaque<Readonly<Record<string, unknown>>>("An object; what is named like a secret in it is `***`."),
  hasPassword: Type.Boolean(),
  isReadable: Type.Boolean({ description: "False when the key that it was sealed with is not configured." }),
  updatedAt: instant(),
});

const text = Type.String({ maxLength: 100_000 });
/** `null` takes a field away, absence leaves it as it is. */
const changes = {
  description: Type.Optional(description),
  host: Type.Optional(Type.Union([text, Type.Null()])),
  port: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 65_535 }), Type.Null()])),
  login: Type.Optional(Type.Union([text, Type.Null()])),
  password: Type.Optional(Type.Union([text, Type.Null()])),
  schema: Type.Optional(Type.Union([text, Type.Null()])),
  extra: Type.Optional(extra),
};

/** Kinds of outside systems with the forms of their connections. */
export const listConnectionTypes = operation({
  id: "listConnectionTypes",
  method: "GET",
  path: "/connection-types",
  access: [["can_read", "Connections"]],
  summary: "Types of connections, each with a JSON Schema of its fields to make a form of.",
  tag: "Connections",
  answer: Type.Object({
    items: Type.Array(
      Type.Object({
        type: Type.String(),
        label: Type.String(),
        aliases: Type.Array(Type.String()),
        form: opaque<Readonly<Record<string, unknown>>>("JSON Schema of the fields, secret ones `writeOnly`."),
        canTest: Type.Boolean(),
      }),
    ),
  }),
});

/** Connections of the database. */
export const listConnections = operation({
  id: "listConnections",
  method: "GET",
  path: "/connections",
  access: [["can_read", "Connections"]],
  summary: "Connections of the database by id, secrets masked.",
  tag: "Connections",
  query: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    after: Type.Optional(Type.String({ maxLength: 1_000 })),
  }),
  answer: Type.Object({ items: Type.Array(connection), next: Type.Optional(Type.String()) }),
});

/** One connection. */
export const getConnection = operation({
  id: "getConnection",
  method: "GET",
  path: "/connections/{connectionId}",
  access: [["can_read", "Connections"]],
  summary: "A connection of the database, secrets masked.",
  tag: "Connections",
  params: one,
  answer: connection,
});

/** A new connection. */
export const createConnection = operation({
  id: "createConnection",
  method: "POST",
  path: "/connections",
  access: [["can_create", "Connections"]],
  summary: "Makes a connection; its fields must fit the form of its type. All of it is sealed.",
  tag: "Connections",
  body: Type.Object({ connectionId: id, type: typeName, ...changes }, { additionalProperties: false }),
  answer: connection,
  status: 201,
});

/** Another value for some fields of a connection. */
export const updateConnection = operation({
  id: "updateConnection",
  method: "PATCH",
  path: "/connections/{connectionId}",
  access: [["can_edit", "Connections"]],
  summary: "Changes the fields that are given; null takes one away, and `***` leaves a masked one as it is.",
  tag: "Connections",
  params: one,
  body: Type.Object({ type: Type.Optional(typeName), ...changes }, { additionalProperties: false }),
  answer: connection,
});

/** No connection any more. */
export const deleteConnection = operation({
  id: "deleteConnection",
  method: "DELETE",
  path: "/connections/{connectionId}",
  access: [["can_delete", "Connections"]],
  summary: "Deletes a connection.",
  tag: "Connections",
  params: one,
  status: 204,
});

/** Whether a connection works. */
export const testConnection = operation({
  id: "testConnection",
  method: "POST",
  path: "/connections/test",
  access: [["can_create", "Connections"]],
  summary: "Connects and logs in as a stored or a given connection says; only where `server.testConnection` allows it.",
  tag: "Connections",
  // A stored one cannot be mixed with other fields: its password would be sent to any host that a caller names.
  body: Type.Union([
    Type.Object({ connectionId: id }, { additionalProperties: false }),
    Type.Object({ type: typeName, ...changes }, { additionalProperties: false }),
  ]),
  answer: Type.Object({ ok: Type.Boolean(), message: Type.String() }),
});
